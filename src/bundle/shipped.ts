/**
 * The public CA certificates of the NHS that this product ships: the current generation, G2, of both infrastructures. They are public. The
 * table says where each came from and when; a test compares it with the certificates, and fails when one is within a year of its end.
 */
import type { NhsPki } from '../verify/index.ts';

export interface ShippedCertificate {
  readonly commonName: string;
  readonly pki: NhsPki;
  readonly role: 'root' | 'intermediate';
  readonly fingerprintSha256: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** The public file that it was copied from. */
  readonly source: string;
  /** The day on which it was copied. */
  readonly copied: string;
  readonly pem: string;
}

const client = 'https://github.com/NHSDigital/mesh-client/blob/develop/mesh_client';

/** The root first, then the CA that issues client certificates. */
export const shippedCertificates: readonly ShippedCertificate[] = [
  {
    commonName: 'NHS PTL Root Authority G2',
    pki: 'path-to-live',
    role: 'root',
    fingerprintSha256: '540f7cd6111510ef8a4a78939b39a075c71a68f0ce71bbf28141f7c6be357f8f',
    notBefore: '2022-08-02T15:17:24Z',
    notAfter: '2042-08-02T15:47:24Z',
    source: `${client}/nhs-int-ca-bundle.pem`,
    copied: '2026-11-26',
    pem: `-----BEGIN CERTIFICATE-----
MIIFtDCCA5ygAwIBAgIQHJP1UsE9cdiw+4IqFnxM3TANBgkqhkiG9w0BAQwFADBM
MQswCQYDVQQGEwJHQjEMMAoGA1UEChMDbmhzMQswCQYDVQQLEwJDQTEiMCAGA1UE
AxMZTkhTIFBUTCBSb290IEF1dGhvcml0eSBHMjAeFw0yMjA4MDIxNTE3MjRaFw00
MjA4MDIxNTQ3MjRaMEwxCzAJBgNVBAYTAkdCMQwwCgYDVQQKEwNuaHMxCzAJBgNV
BAsTAkNBMSIwIAYDVQQDExlOSFMgUFRMIFJvb3QgQXV0aG9yaXR5IEcyMIICIjAN
BgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAwIy5AVQWAT35rfI0AYCql2F04Yp9
M6gTgv6vmxtdHsIJgLCrbxy5p6hQIxCu0Jq4Fc8rflv5jDZOPO6tsFRuJck1Xv17
53jBAuo00Q0XoORdfTymktLp78P2zNvj3Y3oaXUW6dzwztQf/BLjSwD0A3uuiej8
BuemHDQDCWHhfu8fkVC85n8XPO1QKzmpTHXBK5tgx5SkDzfxk3zsc31tgs+/xRmZ
Jc45qWQazFCtGr5rpeKb/9thi9+LbctCMO2Be4La4u6rePOhR8zx73zpLnrtOD8s
Nfxqk59vyIZ7fqfGCfIs8hdcQFOvfABalSaW2Bg4njwOY879WjyxtE1jpPB/fuDp
/cQtrdNVLEY+fEa+WBbX/TG2GAQFFle/ThU+c2mtkfToRL42Hrbzfqg9wr69e2oI
79cQ3DKP1Eaq0bzw8TkOfswoKgKm4QGlBzJFAWaAEvisX+JgRtPzvSTMCttUbBYp
NnfXwayQ8s9IwYwPeFDQrs0/MR+uUqtObUv9B3T4bNBXoIc98rn7+/x5yQhGYre8
0YzcqeL33A/K6Tzu+P3u9DftfkOgcnZyg69ePqAAjrY9OA2RqnVfxm7vraaEgxMm
rpslCni/FM+/P6yV4LdnDJuKfaMq0k+RfkbsT2WXsJHLIec8uRgpoa74QvEO/p85
UDIFBUds0QqN1GsCAwEAAaOBkTCBjjAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0TAQH/
BAUwAwEB/zArBgNVHRAEJDAigA8yMDIyMDgwMjE1MTcyNFqBDzIwNDIwODAyMTU0
NzI0WjAfBgNVHSMEGDAWgBT1ttVSqL14/nJhaztdjCPAsBYM8zAdBgNVHQ4EFgQU
9bbVUqi9eP5yYWs7XYwjwLAWDPMwDQYJKoZIhvcNAQEMBQADggIBAKekcO9zq3ER
YFOJTDqkY4NoDSTmlab4Al07hLJ8WYckSePQ9HmxVEqnTVYBCtPHfcyUlUqbBQVh
DBQ2ZzERONqq2ENevGh6Li/0ZxuPiQhb5hxL7uv20vTEmbkSrPYs5TKYNbkJ8gx+
JT4uoxETLfNHG6WvGV2VBbMR+dZQisRoR0jm8P7n7wkTHjiDNH7FLfgozy3hIfUR
0bhLEt3HlniPBoC4egvZMP/R8rnOwqdEmStP6YR2BZxUSmrQozOamVJIljMTiTlG
xwqmvVMnRtaYIQsdOyiXpS4UjocbebV+a7u9Bbst/Y2rV8PVprpATlqj4YOjqrNx
v5MrLgyknNKUIqhbJXAy9j74x8OO1tilH6vf32zapZa/GtHpTvo7nRr1pNnfUgbp
vBCvXoxIrg7rrWx3kjRF9Cri1d5khUDXYJzewflSsgYLLTygQ+lwthw+XghdHNos
TARNSRPrO5JsWmSc6R9bjcuyhAsxvhAS1LpE1EwckkMUgSvdfmKbNc3RkjyusGYP
Nlo+MiECpArwqymOxnULpKCwgJApVrwht0eDYzIw5XCe68FCQ/Ewaj25l81gVyWQ
gM4KvdmCt0vk++15mcuUayTdcUg4cAGegvP8g0a9qncHT83J9E4D47QvftZkqZtF
E3e+hb4BEdtJoedF9IHxjaHpRVhwJT98
-----END CERTIFICATE-----
`,
  },
  {
    commonName: 'NHS INT Authentication G2',
    pki: 'path-to-live',
    role: 'intermediate',
    fingerprintSha256: 'eb17b9fe90a19dbfe962bf41d3c907558f6f787e2fd1602268dfca9d3fdbf857',
    notBefore: '2022-08-04T14:05:43Z',
    notAfter: '2032-08-04T14:35:43Z',
    source: `${client}/nhs-int-ca-bundle.pem`,
    copied: '2026-11-26',
    pem: `-----BEGIN CERTIFICATE-----
MIIFhzCCA2+gAwIBAgIQGjdQ3OTSYx62oSmGTy9tazANBgkqhkiG9w0BAQwFADBM
MQswCQYDVQQGEwJHQjEMMAoGA1UEChMDbmhzMQswCQYDVQQLEwJDQTEiMCAGA1UE
AxMZTkhTIFBUTCBSb290IEF1dGhvcml0eSBHMjAeFw0yMjA4MDQxNDA1NDNaFw0z
MjA4MDQxNDM1NDNaMEwxCzAJBgNVBAYTAkdCMQwwCgYDVQQKEwNuaHMxCzAJBgNV
BAsTAkNBMSIwIAYDVQQDExlOSFMgSU5UIEF1dGhlbnRpY2F0aW9uIEcyMIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxT9GjD+It1PZUGSCxqgZl0GFu1Bs
T2+IrzTQP0PnI0GQSEVmln4629ezXxhPigPqokzw4lDS/x5a/1qcSVMzgPBkaYH8
04+MEBQNatuZhEu6zJPr6ARR3kGEf6MfxyllL5FwxU7AYNuACb6eVKvST/OC40Vx
CGEhoIwvhvA016K50wYwtv8oiaywpHx+NbD2VhdOOsHNHZIauOmqHzY3IwmvS5NA
NiZx8s8ctETbRsrwgO3p/667ix3PZME9yCPmzhm9TsyJABEjIDrRm1qW15V+GNfz
jjBkN+j5dmtJRHbO+KLwwqY63sHg3JNeA74FFxxfVlSwUykeuQTT8UbcbwIDAQAB
o4IBYzCCAV8wDgYDVR0PAQH/BAQDAgEGMBIGA1UdEwEB/wQIMAYBAf8CAQEwPgYD
VR0gBDcwNTAzBgsqhjoAiXtlAAMCADAkMCIGCCsGAQUFBwIBFhZodHRwczovL3Br
aS5uaHMudWsvQ1BTMHgGCCsGAQUFBwEBBGwwajAjBggrBgEFBQcwAYYXaHR0cDov
L29jc3AubmhzLnVrL29jc3AwQwYIKwYBBQUHMAKGN2h0dHA6Ly9wa2kubmhzLnVr
L1BUTC9HMi9yb290L05IU1BUTFJvb3RBdXRob3JpdHlHMi5jcnQwPwYDVR0fBDgw
NjA0oDKgMIYuaHR0cDovL2NybC5uaHMudWsvUFRML0cyL3Jvb3QvTkhTUFRMcm9v
dEcyLmNybDAfBgNVHSMEGDAWgBT1ttVSqL14/nJhaztdjCPAsBYM8zAdBgNVHQ4E
FgQUFsdHBKhgyeRdq5nylPfD3jOY1CIwDQYJKoZIhvcNAQEMBQADggIBAEWWjN0d
6uxtKi5aLEv0CtUXqg7MJClCHKwCpYuewzI/OfRux5LuL7xHQx8Baj5Jh2IiZLkc
vPQ626RVnKaYOvJAoM7UWMFgr3vta0uMEAnxRIOCpNiQFDh4HBpzbQNcMg8zkKUi
JMb4OmT09zCzGTG2WdPT6KwAJOXw9IVeT+Z8ggScCmbiLKHT+s9y612oekIH0SxM
/BNjmyYWt02cON6e92XXs6refjoJS29Kne2nBwersk1bLAumcueVBEtnMUBILXlH
XoFcCIZSOca/qg9K7jyxl+uyXWK74AblMi0RfKsziM34Ux+hKv03SknLT9kbIBt0
lbjntoeweu4oXMDQ+wdjSRe0OM0Ed2ttFMsI8jSkJAQlvN1uks5/M+cdAsg3D7Gp
Df3WPHCT17ulr9VJ5I16XOb6JnNoMGEgUQm/AyNGO2zLm+XLo4Ujk/dKES08Cwwm
zjXqOCti2Kp9mWYF8x1gOwIu4ye+rBhJdlNnxvbdV4oOyo1CYyw261jWI19yCaDJ
Hmgq1F8M7nY0C9NRqlRaB1G+p1+mZVlVMOOD6EmprV80rBDfVN/N2swbmSGhijNe
zAlqBMIkp6jTG9lEJbvtpY6aGWGlEheb2pPcBCXcBknI1Lhqv/sgdM6zbkzD+rAi
oukkF6E6wLgCHgPz3FJwVBnM0NdaISHTBbOQ
-----END CERTIFICATE-----
`,
  },
  {
    commonName: 'NHS Root Authority G2',
    pki: 'live',
    role: 'root',
    fingerprintSha256: 'c418cfa50aad03d826fa1a6932b8187be18193f4b25a7a56f30df45d5f89f8f7',
    notBefore: '2022-04-07T11:11:21Z',
    notAfter: '2042-04-07T11:41:21Z',
    source: `${client}/nhs-live-ca-bundle.pem`,
    copied: '2026-11-26',
    pem: `-----BEGIN CERTIFICATE-----
MIIFrDCCA5SgAwIBAgIQApYpAQp6EMvJ1TAXp7j0nDANBgkqhkiG9w0BAQwFADBI
MQswCQYDVQQGEwJHQjEMMAoGA1UEChMDTkhTMQswCQYDVQQLEwJDQTEeMBwGA1UE
AxMVTkhTIFJvb3QgQXV0aG9yaXR5IEcyMB4XDTIyMDQwNzExMTEyMVoXDTQyMDQw
NzExNDEyMVowSDELMAkGA1UEBhMCR0IxDDAKBgNVBAoTA05IUzELMAkGA1UECxMC
Q0ExHjAcBgNVBAMTFU5IUyBSb290IEF1dGhvcml0eSBHMjCCAiIwDQYJKoZIhvcN
AQEBBQADggIPADCCAgoCggIBANs4IQFxCsbIs1+EeWEAVSk/u2oTH4+bZEcswAE6
7kvM76pKgPHMDHD++GNZT2srEOArAqkMi47GqYZzwPhEd6lZqY3J5HDNT/VXzFuh
gw9IfajEK0yD0tJ05nnaEzbzd+LvaVB9XgbaNmkL5JEgAFyGZaLCbe7+6rKfpL40
14siRhD7zCBNkHU6dPGMcewptiD976EP6hQyhCD3hnHxk8rLDwJR28g3/cjU4NFM
qtm4y2XQAWu+Yq3PboTvLFDTcIDgYtAcLPaPIiHE2bccZyfB284T1zNog0iuYZJw
rD2d99myuUXvDxx3Ii8sgvMkv5qToKAysxl9HYbBw4DI8O4kvVXTbfB1EG6Hhfo2
smgFkwVcJZNyu57NnhRI2c1cxWPz5jw/qAysoBpfIcjVj3bCYGSVY9DbhcL+1Uk6
ulmZgi6Rq9qNSlqVkB6oU/MRhB7vTAxaH5ZD6JRwToHjewpXB0ZbZBvK1pinzLez
c/Oy8aW5SKrpzUPL2BM8NBf6rh9Hz+gjsnwtrOki0ahekLYeDfp4WAM6/8uqfeKb
JnteGIldzY1x5xLUhm4oCyXH5ZCnCnjuyq9tSJzGGg8DmSbl1N5DQT58984yDszm
1hh/cOYImQaepG9z1v3gf5rdt4RXoWFoL0RRhLQHur0Yg7gXd6umy92QHRw5e1g+
PK6NAgMBAAGjgZEwgY4wDgYDVR0PAQH/BAQDAgEGMA8GA1UdEwEB/wQFMAMBAf8w
KwYDVR0QBCQwIoAPMjAyMjA0MDcxMTExMjFagQ8yMDQyMDQwNzExNDEyMVowHwYD
VR0jBBgwFoAUj5ywA6E1kIYd1ht4UgXJxLVAMTQwHQYDVR0OBBYEFI+csAOhNZCG
HdYbeFIFycS1QDE0MA0GCSqGSIb3DQEBDAUAA4ICAQDAvoimEzUZauqljyVYiyKG
jeoIgSp0AW8Adq1xsXZfIc3/Ht/R1wsur/Y0Nu84r67O6HUzNGy0qzW5rytOQJHh
BrUtTIk7j8tX27PpNkgzadn8fZM1kFojkaogbkHcqORur/DVtDyuVHe04HxeP6QR
xnSjaKAjwTbjHlJ0n6ADrLzxVKpEdPKIs+twy7mtnrh9uK3gCOS1ODLVPaf1RDM9
6WgCro8496n3ucmCuMmHSmtlPy7yIDT6daDkQY9ETqDBozmtAGF6FECH5gBK36qE
ySFjjX4BNbeW3CWiVcavwtV1ozANbxp8g6gBYl4NLJ0fTg8Zu2VNjqQ250Iew9vr
/dBtDDlBzKgJ/D9hWkWJy85sCpIXTiMaY6uqa69f05kiW3qPw+fq+k3HfkW5N8aY
dZm+c+wvlK6tD9+Wfovff2jaQA5j76Gu5hxlySNTKsW1f3ToCE36789WjbpOcSfz
/wqQiBkTxpaOXHFncF+em5mW3q+o7Aac/KNouw8E9DM/v16h1O15m+yIW6JgZdXu
9sNiFX8hG6t3SggWAuUINX2pmvh90Ani89TG0+fSO+M4a5xWdrFGvAXSQi6dbdhs
yE1F3YceHBPFtxmIeqcRS9ko86lMgU0MguJ7n9ngRurzWOS/ZHRPL2Xt/OyA+YZF
DMjLvT0kgQN+z+1lHOMUxA==
-----END CERTIFICATE-----
`,
  },
  {
    commonName: 'NHS Authentication G2',
    pki: 'live',
    role: 'intermediate',
    fingerprintSha256: '1cb94b89dd6e3cbeb498f43f85aac7f7ea3a833805ba0a37396d669eaa794639',
    notBefore: '2022-09-15T10:38:55Z',
    notAfter: '2032-09-15T11:08:55Z',
    source: `${client}/nhs-live-ca-bundle.pem`,
    copied: '2026-11-26',
    pem: `-----BEGIN CERTIFICATE-----
MIIFezCCA2OgAwIBAgIQX8RxMSsLeIP0CvV+/QsfBzANBgkqhkiG9w0BAQsFADBI
MQswCQYDVQQGEwJHQjEMMAoGA1UEChMDTkhTMQswCQYDVQQLEwJDQTEeMBwGA1UE
AxMVTkhTIFJvb3QgQXV0aG9yaXR5IEcyMB4XDTIyMDkxNTEwMzg1NVoXDTMyMDkx
NTExMDg1NVowSDELMAkGA1UEBhMCR0IxDDAKBgNVBAoTA25oczELMAkGA1UECxMC
Q0ExHjAcBgNVBAMTFU5IUyBBdXRoZW50aWNhdGlvbiBHMjCCASIwDQYJKoZIhvcN
AQEBBQADggEPADCCAQoCggEBAMIFhMdiEQ3PVRGO+X57I073NR99MK8l2RAmLBYy
x/1oqT8F5Mr+TXOiwfzRWCMUR/nJoWzio56yUhlj7QAgj+q/77SKVamCAK6JbI+V
SGKKUgwAc8Q4sttFOATz3FWPTacjnJbkTQItKeOhbsWQXrnS0kHOM/FwIYJTxY+K
t9tXBkiBzQ05uoPhlsv2fScZ8tw7ySX675yf1/hjeNWnI1PgdslbnZaO9+WKqGly
fu3hl+GfAFNl7gPKURFFhm84Iyg3cfFB8IqWEMDQzo+ILITH7BQNh2K30eaaix9S
vxLmctdAZeMB+9Nw+G5guRDMxEhp606MbvKZAMT/8v4KwIsCAwEAAaOCAV8wggFb
MA4GA1UdDwEB/wQEAwIBBjASBgNVHRMBAf8ECDAGAQH/AgEBMD4GA1UdIAQ3MDUw
MwYLKoY6AIl7ZQADAgAwJDAiBggrBgEFBQcCARYWaHR0cHM6Ly9wa2kubmhzLnVr
L0NQUzB2BggrBgEFBQcBAQRqMGgwIwYIKwYBBQUHMAGGF2h0dHA6Ly9vY3NwLm5o
cy51ay9vY3NwMEEGCCsGAQUFBzAChjVodHRwOi8vcGtpLm5ocy51ay9saXZlL0cy
L3Jvb3QvTkhTUm9vdEF1dGhvcml0eUcyLmNydDA9BgNVHR8ENjA0MDKgMKAuhixo
dHRwOi8vY3JsLm5ocy51ay9saXZlL0cyL3Jvb3QvTkhTcm9vdEcyLmNybDAfBgNV
HSMEGDAWgBSPnLADoTWQhh3WG3hSBcnEtUAxNDAdBgNVHQ4EFgQUlKJQfffI6m3V
pQ3BabPPZfiYuqIwDQYJKoZIhvcNAQELBQADggIBALBxCnTrOZcoqbxFqaclqzzU
oaipK58fuozGAKM3yE3XNu7uwe6ve9igGGZ1bx0WrxpUt9IfkR73lbD7v/5IkcCP
7RGlDCyMVIiOEkEGYyWsd1iBjr3py5WsRMwIHB/Tk7Su+fibQF70eTBg4jVE/xQX
lvkbU1mjfvd22T1OgmaZMzfmCQqiHCuUaPuPzGbh1nRKV3+oqFE78ypzuPd1fvso
mgEzc9GMAX5IXtV2m9TXm4y1CI1mY2HNIZaF7KA6v6QI/tF9v42Q1TdaZKwDeEjT
Zcx+DMgHlstFru9sQBF7M1AtVufqmcP4aP3mg6D4hiwHJZmW/tF2VLb2tQe0+G3k
ArnuS/TnUnWTmab53xnF8gFQoIvEc0Yh6ETTaeFeBiTXSmHUyi8lNROIvmmihsZx
zmYVoGB9G0HrZHhuinj+ZLiJrHuvVVNOvfyiXy81PF0pXos3faLrwDqn638B/UKR
2Obpxi81ByK3oREgZuyjoJUWSd1g5QK5QJryN+A3RJwgJQELsFkbyu354BfjPfJe
xwrjUNSmqeE3JfBf6oWNdU/nJK1HRoppHF7J6/RqF995u0L90Z86FvHz3F+sFNO7
U12dIZmsSj94V8gwrECy3Qm5yZubqyW7wOuuBJf3KvfyK43l/2FqRumh+pV/TAVq
rsl4YOGTbdiJkZjFGbw/
-----END CERTIFICATE-----
`,
  },
];

/**
 * The bundle of one of NHS England's environments. Deployment shares the infrastructure of integration: Path to Live.
 * @example
 * shippedBundle('integration', 'root-first'); // NHS PTL Root Authority G2, NHS INT Authentication G2
 */
export function shippedBundle(
  environment: 'integration' | 'deployment' | 'production',
  order: 'root-first' | 'leaf-first',
): readonly ShippedCertificate[] {
  const pki = environment === 'production' ? 'live' : 'path-to-live';
  const own = shippedCertificates.filter((each) => each.pki === pki);
  return order === 'root-first' ? own : own.toReversed();
}
