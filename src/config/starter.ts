/** What `init` writes: every key, with comments. It parses as it is; the user provides the files and variables that it names. */
export const starterFile = `# mesh-cert-monitor: what to monitor, how to reach it, and who issues new certificates.
# Secrets and certificates can be plain text, { file: PATH }, { env: NAME } or a place in a secret store. Never write secrets as plain text.
# Stores: { aws_ssm: NAME }, { aws_secret: ID, json_key: KEY }, { azure_secret: NAME, vault: URL },
# { azure_certificate: NAME, vault: URL }, { vault: PATH, key: KEY }, { kubernetes_secret: NAME, key: KEY, namespace: NS }: docs/stores.
# Paths are relative to this file. Durations: 14d, 12h, 5m, 90s. Every key: docs/configuration.md.

application: My application        # the name to give the certificate desk
# estate: leeds                    # a label mesh_estate on every metric, if one Prometheus scrapes several services
ods_code: "X26"                    # your organisation's ODS code, in quotes
# organisation: Leeds Trust        # its name, which requests give alongside the code
contact:                           # copied in to each request; the desk replies here
  name: MESH team
  email: mesh-team@example.nhs.uk
  telephone: "0113 496 0000"

state_dir: ./state                 # renewal state, drafted messages, pending keys: keep it, back it up, keep it private

http:
  listen: 127.0.0.1:9807           # 0.0.0.0:9807 or "[::]:9807" to be scraped from elsewhere
  # tls:
  #   certificate: { file: tls/server.pem }
  #   private_key: { file: tls/server.key }
  #   passphrase: { env: MONITOR_TLS_PASSPHRASE }
  # client_ca: { file: tls/client-ca.pem }  # lets in whoever has a certificate from one of these CAs; needs tls
  # basic_auth:
  #   username: prometheus
  #   password: { env: MONITOR_HTTP_PASSWORD }
  #   password_hash: { file: password.hash }  # instead of password; mesh-cert-monitor hash-password makes it
  # trusted_proxies: [10.0.0.7]    # reverse proxies whose X-Forwarded-For is trusted

schedule:                          # cron: five fields, or six with seconds first
  check: "*/5 * * * *"             # read and verify the files
  handshake: "17 * * * *"          # make the MESH handshake: at least once a day, at most once an hour
  timezone: Europe/London

# Without email settings, messages to the desk are written to state_dir/outbox as .eml files.
# email:
#   from: MESH monitor <mesh-monitor@example.nhs.uk>
#   smtp:
#     host: smtp.example.nhs.uk
#     port: 587                    # default: 587 with starttls, 465 with implicit, 25 with none
#     username: mesh-monitor
#     password: { env: SMTP_PASSWORD }
#     tls: starttls                # starttls | implicit | none
#     ca_bundle: { file: config/mail-ca.pem }   # default: the system's

# stores:                            # only if the store's defaults are not enough
#   aws:
#     region: eu-west-2            # default: AWS_REGION, or the profile's
#     endpoint: https://vpce-0123.ssm.eu-west-2.vpce.amazonaws.com   # default: AWS's own
#     profile: mesh                # default: AWS_PROFILE
#   azure:
#     tenant_id: 00000000-0000-0000-0000-000000000000   # default: AZURE_TENANT_ID
#     client_id: 00000000-0000-0000-0000-000000000000   # a user-assigned identity; default: AZURE_CLIENT_ID, or the system's own
#     authority: https://login.microsoftonline.com      # another for a sovereign cloud
#   vault:
#     address: https://vault.example.nhs.uk:8200
#     namespace: mesh
#     mount: teams/kv              # only if the mount of the engine has a slash in its name
#     ca_bundle: { file: config/vault-ca.pem }          # default: the system's
#     auth:                        # one of token, app_role and kubernetes
#       token: { env: VAULT_TOKEN }
#       app_role:
#         role_id: { file: /run/secrets/role-id }
#         secret_id: { file: /run/secrets/secret-id }
#         mount: approle
#       kubernetes:
#         role: mesh-cert-monitor
#         token: { file: /var/run/secrets/kubernetes.io/serviceaccount/token }
#         mount: kubernetes
#   kubernetes:                    # default: what the pod has
#     server: https://kubernetes.default.svc
#     token: { file: /var/run/secrets/kubernetes.io/serviceaccount/token }
#     ca_bundle: { file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt }

# notify:                          # notifications sent by the service itself, if you do not use Alertmanager
#   expiry_days: [60, 30, 14, 7, 3, 1]         # an email to the contact at each; needs email.smtp
#   webhook:                       # called when the status of an environment changes
#     url: { file: secrets/webhook-url }
#     secret: { file: secrets/webhook-secret }  # signs each request
#     format: json                 # json | teams | slack

environments:
  - name: integration              # a label in metrics and URLs
    preset: integration            # integration | deployment | production | sandbox: sets url, desk and what to enclose
    # application: …               # application, ods_code, organisation and contact may differ from those above
    # ods_code: "RX1"
    # organisation: …
    # contact: { name: …, email: …, telephone: … }
    mesh:
      # url: https://msg.intspineservices.nhs.uk
      mailbox_id: X26ABC1
      password: { env: MESH_INT_PASSWORD }
      shared_key: { env: MESH_INT_SHARED_KEY }
      verify_server: true          # false only for a sandbox
      probe: validate              # validate: the MESH handshake, which also marks the mailbox as active; ping: mutual TLS only
      timeouts: { connect: 5s, tls: 5s, request: 10s }
      # proxy: http://proxy.example.nhs.uk:3128     # default: HTTPS_PROXY and NO_PROXY
      # tls_max: "1.2"             # for a server that asks for the client certificate only after the handshake
      # tls_groups: [X25519, P-256]     # for a device on the path that drops the large first TLS message of OpenSSL's own groups
      # trust: bundle+system       # verify the server against this machine's roots too; default: the bundle alone
    credential:                    # PEM parts, or one keystore
      certificate: { file: certs/integration/client.pem }
      private_key: { file: certs/integration/private_key.pem }
      passphrase: { env: MESH_INT_KEY_PASSPHRASE }
      ca_bundle: { file: certs/integration/ca_bundle.pem }
      # keystore: { file: certs/integration/mesh.p12 }      # PKCS#12 or JKS, instead of certificate and private_key
      # alias: mesh                                # which key entry, if it has several
      # next:                                      # what the next deployment gets, checked too; what is left out is as above
      #   certificate: { aws_ssm: /mesh/int/MESH_CLIENT_CERT }
      #   private_key: { aws_ssm: /mesh/int/MESH_CLIENT_KEY }
      #   passphrase: { aws_ssm: /mesh/int/MESH_CLIENT_KEY_PASSPHRASE }
      #   ca_bundle: { aws_ssm: /mesh/int/MESH_CA_CERT }
      #   keystore: { azure_certificate: mesh-int, vault: https://mesh.vault.azure.net }   # instead
      #   alias: mesh
    # awaiting_first_certificate: true             # new, and not requested with mesh-cert-monitor request
    chain_order: root-first        # required order of the bundle: root-first | leaf-first
    thresholds: { warning: 45d, critical: 14d }
    renewal:
      window: 60d                  # time before expiry at which the request is drafted and sent
      mode: review                 # review: to the contact only, ready to forward; send: straight to the desk, contact copied in; manual: only when you run renew
      key: new                     # new: a new private key, encrypted in state_dir; reuse: the deployed one
      key_bits: 2048               # 2048 | 3072 | 4096
      # common_name: X26ABC1.X26.api.mesh-client.nhs.uk   # default: the deployed certificate's
      # passphrase: { env: MESH_INT_NEW_KEY_PASSPHRASE }   # default: the credential's
      # pending_key: { aws_ssm: /mesh/int/PENDING_KEY }     # keeps a new key in a secret store; default: below state_dir
      # desk: [itoc.supportdesk@nhs.net]
      desk_working_days: 5         # working days the desk needs: sets the last safe day to ask
      # reminder_working_days: 5   # when to remind the contact if there is no answer; default: desk_working_days
      # enclose: [{ file: docs/conformance.pdf }]         # production: the technical conformance certificate
      # after_install: [systemctl, restart, mavis]         # run by accept --install, to restart what uses the certificate
`;
