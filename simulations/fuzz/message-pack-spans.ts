/** Where the values in a MessagePack frame of ours begin and end, as far as it can be read. */
export interface Span {
  readonly start: number
  readonly end: number
  /** Of the list that it stands in, the start; undefined at the top. */
  readonly parent: number | undefined
}

/** More would not make mutations better. */
const SPANS_MAX = 4_096

const DEPTH_MAX = 32

/** Bytes of the length behind a token that has one, and what it counts. */
const COUNTED: ReadonlyMap<number, readonly [width: 1 | 2 | 4, isList: boolean]> = new Map([
  [0xc4, [1, false]],
  [0xc5, [2, false]],
  [0xc6, [4, false]],
  [0xd9, [1, false]],
  [0xda, [2, false]],
  [0xdb, [4, false]],
  [0xdc, [2, true]],
  [0xdd, [4, true]],
])

/** Bytes behind a token of fixed length. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
])

/** All values behind the version byte, lists before what is in them; none of what is broken. */
export function spansOf(frame: Uint8Array): Span[] {
  const spans: Span[] = []
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const endOf = (start: number, parent: number | undefined, depth: number): number | undefined => {
    if (start >= frame.length || spans.length >= SPANS_MAX || depth > DEPTH_MAX) return undefined
    const place = spans.length
    spans.push({ start, end: start, parent })
    const { next, items } = headOf(view, start)
    let end: number | undefined = next
    for (let item = 0; item < items && end !== undefined; item += 1) {
      end = endOf(end, start, depth + 1)
    }
    if (end === undefined || end > frame.length) return undefined
    spans[place] = { start, end, parent }
    return end
  }
  endOf(1, undefined, 0)
  return spans.filter(({ start, end }) => end > start)
}

/** Where the value's own bytes end, and how many values of a list follow there. */
function headOf(view: DataView, at: number): { next: number; items: number } {
  const token = view.getUint8(at)
  if (token >= 0x90 && token < 0xa0) return { next: at + 1, items: token - 0x90 }
  if (token >= 0xa0 && token < 0xc0) return { next: at + 1 + token - 0xa0, items: 0 }
  const counted = COUNTED.get(token)
  if (!counted) return { next: at + 1 + (FIXED.get(token) ?? 0), items: 0 }
  const [width, isList] = counted
  if (at + 1 + width > view.byteLength) return { next: view.byteLength + 1, items: 0 }
  const count = lengthAt(view, at + 1, width)
  return { next: at + 1 + width + (isList ? 0 : count), items: isList ? count : 0 }
}

function lengthAt(view: DataView, at: number, width: 1 | 2 | 4): number {
  if (width === 1) return view.getUint8(at)
  return width === 2 ? view.getUint16(at) : view.getUint32(at)
}
