/** Commands to try and then watch on the page, which refreshes every five seconds. */
export function thingsToTry(folder: string, configurationFile: string): string {
  const trials: readonly [what: string, command: string][] = [
    [
      'put the CA bundle of deployment in the right order',
      `cp ${folder}/deployment/ca_bundle.root-first.pem ${folder}/deployment/ca_bundle.pem`,
    ],
    [
      'give standby the private key that matches its certificate',
      `cp ${folder}/standby/private_key.right.pem ${folder}/standby/private_key.pem`,
    ],
    ['break the certificate of integration', `echo oops > ${folder}/integration/client.pem`],
    ['break the configuration (the old one stays in force)', `echo 'colour: red' >> ${configurationFile}`],
    ['read the emails that the desk received', `cat ${folder}/mail/*.eml`],
  ];
  return `To try, in another terminal:\n${trials.map(([what, command]) => `  # ${what}\n  ${command}\n`).join('')}`;
}
