/** What to do, where it is not what the catalogue of findings says. */
export const forwardRemedy =
  'Send the request to the desk. Once that is done, `mesh-cert-monitor renewals resolve --sent` clears this finding.';
export const issuedRemedy =
  'Deploy the certificate that was issued; `mesh-cert-monitor accept` says where each part goes.';
