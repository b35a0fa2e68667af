import type { ReadMessage } from '../../../renewal/index.ts';
import { escapedLines } from '../../../text/index.ts';
import { Quoted } from '../parts/name.tsx';

/** An email as its reader sees it: headers, text and the names of attachments. */
export function MessageAsSent({ message: { headers, text, attachments } }: { message: ReadMessage }) {
  return (
    <div class="message">
      <dl class="message__headers">
        {headers.map(({ name, value }) => (
          <div>
            <dt>
              <Quoted text={name} />
            </dt>
            <dd>
              <Quoted text={value} />
            </dd>
          </div>
        ))}
        {attachments.length > 0 && (
          <div>
            <dt>Attached</dt>
            <dd>
              <Quoted text={attachments.join(', ')} />
            </dd>
          </div>
        )}
      </dl>
      <p class="message__text" id="message-text">
        {escapedLines(text)}
      </p>
    </div>
  );
}
