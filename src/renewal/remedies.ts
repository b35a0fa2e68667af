/** What to do, where it is not what the catalogue of findings says. */
export const forwardRemedy =
  'Send the drafted request to the desk. Once that is done, run `mesh-cert-monitor renewals resolve --sent`.';
export const issuedRemedy =
  'Deploy the certificate that was issued; `mesh-cert-monitor accept` says where each part goes.';
