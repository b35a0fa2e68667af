/** Deciding, drafting, sending, recording and accepting. */
export { acceptByHand } from './by-hand/accept.ts';
export { firstSubject } from './by-hand/first.ts';
export { listRenewals, openViewer, settleRenewal } from './by-hand/record.ts';
export { draftByHand, type RenewalSubject, type RenewOutcome, renewalSubject, renewByHand } from './by-hand/renew.ts';
export type { AcceptInput, AcceptResult } from './issued/accept.ts';
export { deploymentInstructions } from './issued/deployment-instructions.ts';
export { renderClosing, renderReminder, renderReview, renderUncertain } from './mail/contact-messages.ts';
export type { ReadMessage } from './mail/read-message.ts';
export { type CertificateRequest, type Message, messageIdFor, renderRequest } from './mail/request-message.ts';
export { refusedThings } from './mail/smtp-failure.ts';
export { createRenewals, type Renewals } from './renewals.ts';
export { type StateEntry, stateCatalogue } from './states.ts';
export type { RenewalInput, RenewalStep } from './step.ts';
export { type RenewalFiles, readRenewalFiles } from './store/read-pending.ts';
export { StoreError, StoreLockedError } from './store/store.ts';
export {
  type EmailOutcome,
  emailOutcomes,
  type RenewalRecord,
  type RenewalRecords,
  type RenewalState,
  type RenewalStatus,
  type RequestKey,
  renewalStates,
} from './types.ts';
