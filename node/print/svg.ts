/** A picture as SVG: text is text, and what is known of a minutia shows when it is pointed at. */
import { toBase64 } from '../../crypto/bytes.ts'
import { writePng } from '../../matcher/image/write-png.ts'
import type { Box, Group, Lettering, Path, Pen, Picture, Shape } from './picture.ts'

export function svgOf({ width, height, title, shapes }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...shapes.map(elementOf),
    '</svg>',
    '',
  ].join('\n')
}

function elementOf(shape: Shape): string {
  switch (shape.kind) {
    case 'lines':
      return `<path d="${shape.paths.map(pathData).join('')}" ${strokeOf(shape.pen)}/>`
    case 'ring': {
      const [x, y] = shape.middle
      const place = `cx="${figure(x)}" cy="${figure(y)}" r="${figure(shape.radius)}"`
      return `<circle ${place} ${strokeOf(shape.pen)}/>`
    }
    case 'image': {
      const png = toBase64(writePng(shape.image))
      return `<image ${boxOf(shape)} href="data:image/png;base64,${png}"/>`
    }
    case 'text':
      return textOf(shape)
    default:
      return groupOf(shape)
  }
}

function groupOf({ name, title, shapes }: Group): string {
  const inside = shapes.map(elementOf).join('')
  return `<g class="${name}"><title>${escaped(title)}</title>${inside}</g>`
}

function pathData(path: Path): string {
  const [[startX, startY] = [0, 0], ...rest] = path
  const start = `M${figure(startX)} ${figure(startY)}`
  return start + rest.map(([x, y]) => `L${figure(x)} ${figure(y)}`).join('')
}

function strokeOf({ colour, width, opacity = 1 }: Pen): string {
  const seeThrough = opacity === 1 ? '' : ` stroke-opacity="${figure(opacity)}"`
  const ends = 'stroke-linecap="round" stroke-linejoin="round"'
  return `fill="none" stroke="${colour}" stroke-width="${figure(width)}"${seeThrough} ${ends}`
}

function boxOf({ x, y, width, height }: Box): string {
  const size = `width="${figure(width)}" height="${figure(height)}"`
  return `x="${figure(x)}" y="${figure(y)}" ${size}`
}

function textOf({ at: [x, y], text, size, colour, anchor, isBold, halo }: Lettering): string {
  const place = `x="${figure(x)}" y="${figure(y)}" font-size="${figure(size)}" fill="${colour}"`
  const middle = anchor === 'middle' ? ' text-anchor="middle"' : ''
  const bold = isBold ? ' font-weight="600"' : ''
  const under = halo
    ? ` stroke="${halo}" stroke-width="${figure(size / 4)}" stroke-linejoin="round" ` +
      'paint-order="stroke"'
    : ''
  return `<text ${place}${middle}${bold}${under}>${escaped(text)}</text>`
}

/** To a hundredth of a pixel. */
function figure(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** Signs that XML 1.0 does not allow are left out: a file's name may hold any. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
