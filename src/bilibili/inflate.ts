/**
 * Decompression of the bodies of packets. Node's synchronous calls make a stream, a native handle and a chunk of
 * output for every body, which costs as much as the decompression of a small one. Here each format keeps one handle
 * and one buffer. The handle is a private field of Node's streams: where it does not do as expected (checked once, by
 * decompressing with it), and while the kept buffer is in use, the public call does the same work.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createInflate,
  deflateSync,
  inflateSync,
} from 'node:zlib';

export type Compression = 'zlib' | 'brotli';

const OUTPUT_BYTES_START = 128 * 1024;
/** What a kept buffer may hold between two bodies; one that had to grow beyond is let go. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** Beyond `inflatedBytesMax`: as in Node, a RangeError. */
class TooLarge extends RangeError {
  constructor(inflatedBytesMax: number) {
    super(`inflates to more than ${inflatedBytesMax} bytes`);
  }
}

/** What Node 24 has behind a zlib stream (lib/zlib.js, `processChunkSync`). */
interface NativeHandle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    ...args: [
      flush: number,
      ...[input: Uint8Array, inputOffset: number, inputBytes: number],
      ...[output: Uint8Array, outputOffset: number, outputBytes: number],
    ]
  ): void;
  reset(): void;
  close(): void;
}

interface HandleFields {
  readonly _handle?: Partial<NativeHandle> | null;
  /** Bytes left in the output and in the input after a write. */
  readonly _writeState?: unknown;
}

/** Decompresses one body after another with one native handle. `null` where this Node has none that fits. */
interface KeptHandle {
  /** The bytes are a view of the kept buffer: valid until the next call. Throws what the body is at fault for. */
  inflate(body: Uint8Array, inflatedBytesMax: number): Buffer;
}

function isHandle(handle: HandleFields['_handle']): handle is NativeHandle {
  return (
    typeof handle?.writeSync === 'function' &&
    typeof handle.reset === 'function' &&
    typeof handle.close === 'function' &&
    'onerror' in handle
  );
}

const FORMATS = {
  zlib: {
    finish: constants.Z_FINISH,
    create: createInflate as () => unknown,
    whole: inflateSync,
    compress: deflateSync as (bytes: Uint8Array) => Buffer,
  },
  brotli: {
    finish: constants.BROTLI_OPERATION_FINISH,
    create: createBrotliDecompress as () => unknown,
    whole: brotliDecompressSync,
    compress: brotliCompressSync as (bytes: Uint8Array) => Buffer,
  },
} as const;

interface Opened {
  readonly handle: NativeHandle;
  readonly state: Uint32Array;
}

class ReusedHandle implements KeptHandle {
  readonly #format: Compression;
  #opened: Opened;
  #output = Buffer.allocUnsafeSlow(OUTPUT_BYTES_START);
  #fault: string | null = null;

  constructor(format: Compression) {
    this.#format = format;
    this.#opened = this.#open();
  }

  inflate(body: Uint8Array, inflatedBytesMax: number): Buffer {
    this.#fault = null;
    try {
      const inflated = this.#run(body, inflatedBytesMax);
      this.#opened.handle.reset();
      return inflated;
    } catch (error) {
      // A brotli handle that failed once fails for ever, reset or not.
      this.#opened.handle.close();
      this.#opened = this.#open();
      throw error;
    } finally {
      if (this.#output.length > KEPT_BYTES_MAX) this.#output = Buffer.allocUnsafeSlow(OUTPUT_BYTES_START);
    }
  }

  #open(): Opened {
    const { _handle: handle, _writeState: state } = FORMATS[this.#format].create() as HandleFields;
    if (!isHandle(handle) || !(state instanceof Uint32Array) || state.length !== 2) {
      throw new TypeError('no such handle in this Node');
    }
    // Node's own would destroy the stream.
    handle.onerror = (message) => {
      this.#fault = message;
    };
    return { handle, state };
  }

  #run(body: Uint8Array, inflatedBytesMax: number): Buffer {
    const { finish } = FORMATS[this.#format];
    const { handle, state } = this.#opened;
    let readBytes = 0;
    let writtenBytes = 0;
    for (;;) {
      const output = this.#output;
      const room = output.length - writtenBytes;
      handle.writeSync(finish, body, readBytes, body.length - readBytes, output, writtenBytes, room);
      if (this.#fault !== null) throw new Error(this.#fault);
      const roomAfter = state[0] ?? 0;
      writtenBytes = output.length - roomAfter;
      readBytes = body.length - (state[1] ?? 0);
      if (writtenBytes > inflatedBytesMax) throw new TooLarge(inflatedBytesMax);
      // There may be more only where the output is full.
      if (roomAfter > 0) return output.subarray(0, writtenBytes);
      this.#grow(inflatedBytesMax);
    }
  }

  /** Four times as much, though no more than a byte beyond the limit, which tells that there is more. */
  #grow(inflatedBytesMax: number): void {
    const old = this.#output;
    const size = Math.max(old.length + 1, Math.min(old.length * 4, inflatedBytesMax + 1));
    this.#output = Buffer.allocUnsafeSlow(size);
    this.#output.set(old);
  }
}

/** Throws where this Node's streams have no handle that does as expected, which one small body shows. */
export function openKept(format: Compression): KeptHandle {
  const { compress } = FORMATS[format];
  const kept = new ReusedHandle(format);
  const trial = Buffer.from('{"cmd":"TRIAL"}'.repeat(20));
  for (let i = 0; i < 2; i++) {
    if (!kept.inflate(compress(trial), trial.length).equals(trial)) throw new TypeError('the handle errs');
  }
  return kept;
}

/** The public call: a buffer of its own each time. */
export function inflateWhole(format: Compression, body: Uint8Array, inflatedBytesMax: number): Buffer {
  if (inflatedBytesMax < 1) throw new TooLarge(inflatedBytesMax);
  return FORMATS[format].whole(body, { maxOutputLength: inflatedBytesMax });
}

const kept = new Map<Compression, KeptHandle | null>();
let isInUse = false;

function findKept(format: Compression): KeptHandle | null {
  const known = kept.get(format);
  if (known !== undefined) return known;
  let handle: KeptHandle | null = null;
  try {
    handle = openKept(format);
  } catch {
    // Another Node: the public call does.
  }
  kept.set(format, handle);
  return handle;
}

/** Whether bodies are decompressed with the kept handles. */
export function isReusing(): boolean {
  return findKept('zlib') !== null && findKept('brotli') !== null;
}

/**
 * Decompresses a body and hands it to `use`, as a view that is valid only until `use` returns. Throws what is wrong
 * with the body, a RangeError when it has more than `inflatedBytesMax`; and what `use` throws.
 */
export function withInflated(
  format: Compression,
  body: Uint8Array,
  inflatedBytesMax: number,
  use: (inflated: Buffer) => void,
): void {
  const handle = isInUse || inflatedBytesMax < 1 ? null : findKept(format);
  if (handle === null) {
    use(inflateWhole(format, body, inflatedBytesMax));
    return;
  }
  const inflated = handle.inflate(body, inflatedBytesMax);
  isInUse = true;
  try {
    use(inflated);
  } finally {
    isInUse = false;
  }
}
