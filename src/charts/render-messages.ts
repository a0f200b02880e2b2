/** What the main thread and the drawing thread tell each other. */

export interface RenderJob {
  readonly id: number;
  /** The posted body as it came: parsing is the thread's work too. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export type RenderReply =
  | { readonly type: 'ready' }
  | { readonly type: 'drawn'; readonly id: number; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly type: 'refused'; readonly id: number; readonly message: string };
