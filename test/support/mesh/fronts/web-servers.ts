/** nginx, Apache httpd, lighttpd with each of its TLS libraries, and Caddy. */
import { existsSync } from 'node:fs';
import { type Front, type FrontOptions, programNamed, type TlsVersion } from './front.ts';

const asRoot = process.getuid?.() === 0;

export const nginx: Front = {
  name: 'nginx',
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('nginx'),
  async prepare(options, { folder, port, file }) {
    const { certificate, key, clientCa, demands, revoked, upstreamPort, version } = options;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (each) => `${each}_temp_path ${folder}/${each};`,
    );
    const conf = `${asRoot ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${await file('server.pem', certificate)}; ssl_certificate_key ${await file('server.key', key)};
    ssl_client_certificate ${await file('ca.pem', clientCa)}; ssl_verify_client ${demands === 'never' ? 'off' : 'on'}; ssl_verify_depth 3;
    ${revoked ? `ssl_crl ${await file('crl.pem', revoked)};` : ''}
    ssl_protocols ${version};
    location / { proxy_pass http://127.0.0.1:${upstreamPort}; }
  }
}
`;
    return { args: ['-p', folder, '-c', await file('nginx.conf', conf), '-e', 'stderr'] };
  },
};

const apacheModules = ['mpm_event', 'authz_core', 'socache_shmcb', 'ssl', 'proxy', 'proxy_http'];

export const apache: Front = {
  name: 'Apache',
  can: () => true,
  program: () => programNamed('apache2', 'httpd'),
  async prepare(options, { folder, port, file }) {
    const { certificate, key, clientCa, demands, revoked, upstreamPort, version } = options;
    const require = 'SSLVerifyClient require\nSSLVerifyDepth 3';
    const conf = `ServerRoot ${folder}
${apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
PidFile ${folder}/apache.pid
ErrorLog /dev/stderr
DefaultRuntimeDir ${folder}
Listen 127.0.0.1:${port}
ServerName localhost
${asRoot ? 'User www-data\nGroup www-data' : ''}
StartServers 1
SSLEngine on
SSLProtocol ${version}
SSLCertificateFile ${await file('server.pem', certificate)}
SSLCertificateKeyFile ${await file('server.key', key)}
SSLCACertificateFile ${await file('ca.pem', clientCa)}
${revoked ? `SSLCARevocationFile ${await file('crl.pem', revoked)}\nSSLCARevocationCheck chain` : ''}
${demands === 'certificate' ? require : ''}
<Location />
${demands === 'later' ? require : ''}
ProxyPass http://127.0.0.1:${upstreamPort}/
</Location>
`;
    return { args: ['-DFOREGROUND', '-f', await file('apache.conf', conf)] };
  },
};

type Library = 'openssl' | 'gnutls' | 'mbedtls' | 'wolfssl';

/** All of lighttpd's TLS modules have the same configuration, each for another library. */
function lighttpdWith(library: Library): Front {
  const module = `/usr/lib/lighttpd/mod_${library}.so`;
  return {
    name: `lighttpd (${library})`,
    // Debian's Mbed TLS is too old for TLS 1.3, and the module fails with more than one revocation list.
    can: ({ demands, revoked, version }) =>
      demands !== 'later' && (library !== 'mbedtls' || (version === 'TLSv1.2' && revoked === undefined)),
    program: () => (existsSync(module) ? programNamed('lighttpd') : undefined),
    async prepare(options, { folder, port, file }) {
      const { certificate, key, clientCa, demands, revoked, upstreamPort, version } = options;
      const conf = `server.document-root = "${folder}"
server.port = ${port}
server.bind = "127.0.0.1"
server.modules = ("mod_${library}", "mod_proxy")
server.errorlog = "/dev/stderr"
ssl.engine = "enable"
ssl.pemfile = "${await file('server.pem', certificate)}"
ssl.privkey = "${await file('server.key', key)}"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "${version}", "MaxProtocol" => "${version}")
ssl.verifyclient.ca-file = "${await file('ca.pem', clientCa)}"
${revoked ? `ssl.verifyclient.ca-crl-file = "${await file('crl.pem', revoked)}"` : ''}
${demands === 'certificate' ? 'ssl.verifyclient.activate = "enable"\nssl.verifyclient.enforce = "enable"\nssl.verifyclient.depth = 3' : ''}
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${upstreamPort})))
`;
      return { args: ['-D', '-f', await file('lighttpd.conf', conf)] };
    },
  };
}

export const lighttpds: readonly Front[] = (['openssl', 'gnutls', 'mbedtls', 'wolfssl'] as const).map(lighttpdWith);

const caddyVersions: Readonly<Record<TlsVersion, string>> = { 'TLSv1.2': 'tls1.2', 'TLSv1.3': 'tls1.3' };

export const caddy: Front = {
  name: 'Caddy',
  can: ({ demands, revoked }) => demands !== 'later' && revoked === undefined,
  program: () => programNamed('caddy'),
  async prepare(options: FrontOptions, { folder, port, file }) {
    const { certificate, key, clientCa, demands, upstreamPort, version } = options;
    const mutual = `client_auth {
      mode require_and_verify
      trusted_ca_cert_file ${await file('ca.pem', clientCa)}
    }`;
    const tls = caddyVersions[version];
    const conf = `{
  admin off
  auto_https off
}
https://localhost:${port} {
  bind 127.0.0.1
  tls ${await file('server.pem', certificate)} ${await file('server.key', key)} {
    protocols ${tls} ${tls}
    ${demands === 'certificate' ? mutual : ''}
  }
  reverse_proxy 127.0.0.1:${upstreamPort}
}
`;
    return {
      args: ['run', '--adapter', 'caddyfile', '--config', await file('Caddyfile', conf)],
      env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    };
  },
};
