/** Files of formats that are easily written, for tests to read. */
import type { GreyImage } from '../../../matcher/image/image.ts'

/** BMP with a grey palette, or in colour. */
export function bmpOf(image: GreyImage, bits: 8 | 24 | 32, isTopDown = false): Uint8Array {
  const { width, height, pixels, dpi = 0 } = image
  const stride = Math.ceil((width * bits) / 32) * 4
  const offset = 54 + (bits === 8 ? 1024 : 0)
  const bytes = Buffer.alloc(offset + stride * height)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(offset, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(isTopDown ? -height : height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(bits, 28)
  for (const at of [38, 42]) bytes.writeUInt32LE(Math.round(dpi / 0.0254), at)
  for (let at = 54; at < offset; at += 4) bytes.fill((at - 54) / 4, at, at + 3)
  for (let row = 0; row < height; row += 1) {
    const line = offset + (isTopDown ? row : height - 1 - row) * stride
    for (let column = 0; column < width; column += 1) {
      const at = line + (column * bits) / 8
      bytes.fill(pixels[row * width + column]!, at, at + Math.min(3, bits / 8))
    }
  }
  return Uint8Array.from(bytes)
}

interface TiffOptions {
  bits: 8 | 16
  isLittle: boolean
  stripRows: number
  photometric?: 0 | 1
  /** What is said of every strip's bytes, true or not. */
  statedBytes?: number
}

/** Uncompressed TIFF of 500 dpi. */
export function tiffOf(image: GreyImage, options: TiffOptions): Uint8Array {
  const { width, height, pixels } = image
  const { bits, isLittle, stripRows, photometric = 1, statedBytes } = options
  const data = Buffer.alloc((pixels.length * bits) / 8)
  for (const [at, pixel] of pixels.entries())
    data.fill(pixel, (at * bits) / 8, ((at + 1) * bits) / 8)
  const strips = Math.ceil(height / stripRows)
  const stripBytes = (stripRows * width * bits) / 8
  const starts = Array.from({ length: strips }, (_, strip) => strip * stripBytes)
  const counts = starts.map((start) => statedBytes ?? Math.min(stripBytes, data.length - start))
  const entries: [tag: number, type: 3 | 4 | 5, values: number[]][] = [
    [256, 3, [width]],
    [257, 3, [height]],
    [258, 3, [bits]],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, starts.map((start) => 8 + start)],
    [278, 4, [stripRows]],
    [279, 4, counts],
    [282, 5, [500, 1]],
    [283, 5, [500, 1]],
    [296, 3, [2]],
  ]
  const directory = 8 + data.length
  const bytes = new DataView(new ArrayBuffer(directory + 6 + 12 * entries.length + 8 * strips + 16))
  let rest = directory + 6 + 12 * entries.length
  bytes.setUint16(0, isLittle ? 0x4949 : 0x4d4d)
  bytes.setUint16(2, 42, isLittle)
  bytes.setUint32(4, directory, isLittle)
  new Uint8Array(bytes.buffer).set(data, 8)
  bytes.setUint16(directory, entries.length, isLittle)
  for (const [place, [tag, type, values]] of entries.entries()) {
    const at = directory + 2 + 12 * place
    bytes.setUint16(at, tag, isLittle)
    bytes.setUint16(at + 2, type, isLittle)
    bytes.setUint32(at + 4, type === 5 ? 1 : values.length, isLittle)
    if (type === 3) bytes.setUint16(at + 8, values[0]!, isLittle)
    else if (values.length === 1) bytes.setUint32(at + 8, values[0]!, isLittle)
    else {
      bytes.setUint32(at + 8, rest, isLittle)
      for (const value of values) {
        bytes.setUint32(rest, value, isLittle)
        rest += 4
      }
    }
  }
  return new Uint8Array(bytes.buffer)
}
