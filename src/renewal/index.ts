/** Deciding, drafting, sending, recording and accepting. */
export { acceptByHand } from './by-hand/accept.ts';
export { firstSubject } from './by-hand/first.ts';
export { listRenewals, openViewer, settleRenewal } from './by-hand/record.ts';
export { draftByHand, type RenewalSubject, type RenewOutcome, renewalSubject, renewByHand } from './by-hand/renew.ts';
export type { AcceptInput, AcceptResult } from './issued/accept.ts';
export { type HookResult, runAfterInstall } from './issued/after-install.ts';
export { deploymentInstructions } from './issued/deployment-instructions.ts';
export { renderClosing, renderReminder, renderReview, renderUncertain, renderUnsent } from './mail/contact-messages.ts';
export { type ExpiryNotice, renderExpiry } from './mail/expiry-message.ts';
export { createMailer, type Mailer } from './mail/mailer.ts';
export type { ReadMessage } from './mail/read-message.ts';
export { type CertificateRequest, type Message, messageIdFor, renderRequest } from './mail/request-message.ts';
export { refusedThings } from './mail/smtp-failure.ts';
export { createRenewals, type Renewals, senderOf } from './renewals.ts';
export { draftedLabel, isDrafted, type StateEntry, stateCatalogue } from './states.ts';
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
