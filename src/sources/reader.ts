import type { SafeText } from '../text/index.ts';
import type { AnySource, SourceContent, SourceKind } from './types.ts';
import type { Variables } from './variables.ts';

export type SourceOf<Kind extends SourceKind> = AnySource extends infer Each
  ? Each extends { readonly kind: infer Known }
    ? Kind extends Known
      ? Each
      : never
    : never
  : never;

/** What there is to know about one kind of source. Each kind is a file of its own. */
export interface SourceReader<Kind extends SourceKind> {
  /** How messages name the place. Never a value. */
  label(source: SourceOf<Kind>): SafeText;
  /**
   * The bytes as they are now. Empty content and size are judged by the caller.
   * @throws {SourceError} if there are none. The message begins with the label.
   * @throws {ResourceShortageError} when this process has no file descriptor or memory left.
   */
  read(source: SourceOf<Kind>, env: Variables): Promise<SourceContent>;
}
