import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { readPng } from '../../../matcher/image/png.ts'
import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { examine } from '../../../node/print/examined-print.ts'
import { matchPicture } from '../../../node/print/match-picture.ts'
import type { Group, Picture, Shape } from '../../../node/print/picture.ts'
import { pngOf } from '../../../node/print/png.ts'
import { printPicture } from '../../../node/print/print-picture.ts'
import { svgOf } from '../../../node/print/svg.ts'
import { drawn, PLAIN } from '../../matcher/support/drawn-print.ts'
import { fvcImage } from '../../matcher/support/real-prints.ts'
import { wellFormed } from '../../support/well-formed.ts'
import { drawnFinger } from './support/prints.ts'

/** Panels that minutiae are drawn on. */
const MARKED_PANELS = 2

const print = examine('drawn.png', drawnFinger({ of: 0, noise: 20 }))
const again = examine('again.png', drawnFinger({ of: 0, noise: 30 }))
const other = examine('other.png', drawnFinger({ of: 1, noise: 20 }))

const one = suite('the picture of a print')

one('marks every minutia that was found, with type, place, direction and quality', () => {
  const marks = marksOf(printPicture(print))
  ok(print.view.minutiae.length >= 20)
  is(marks.length, MARKED_PANELS * print.view.minutiae.length)
  for (const { type, x, y, angle, quality } of print.view.minutiae) {
    const degrees = Math.round((angle * 360) / 256)
    const title = `${type} at ${x}, ${y}, ${degrees}°, quality ${quality}`
    is(marks.filter((mark) => mark.title === title && mark.name === type).length, MARKED_PANELS)
  }
})

one('marks the cores and deltas of a real print', () => {
  const image = fvcImage('fvc2002/DB1_B', 101, 1)
  if (!image) return
  const real = examine('real.png', image)
  const names = groupsOf(printPicture(real).shapes).map(({ name }) => name)
  for (const kind of ['core', 'delta']) {
    const count = real.points.filter((point) => point.kind === kind).length
    is(names.filter((name) => name === kind).length, count)
  }
  ok(real.points.length > 0)
})

one('is well formed as SVG, whatever the file is called', () => {
  for (const name of ['print.png', '<script>"&\u0000\ud800', 'отпечаток']) {
    const svg = svgOf(printPicture({ ...print, name }))
    wellFormed(svg)
    is([...svg.matchAll(/<image /g)].length, 3)
    is([...svg.matchAll(/<g class="(?:ending|bifurcation)">/g)].length, marksOf(pictured()).length)
  }
})

one('holds the print itself in SVG, as an image that our reader reads', () => {
  const [, base64] = /data:image\/png;base64,([^"]+)"/.exec(svgOf(pictured()))!
  const { width, height } = readPng(Buffer.from(base64!, 'base64'))
  equal([width, height], [print.image.width, print.image.height])
})

one('is of the same size as PNG, with dark ridges, white paper and colours', () => {
  const picture = pictured()
  const image = readPng(pngOf(picture))
  equal([image.width, image.height], [picture.width, picture.height])
  is(image.pixels[0], 255)
  ok(image.pixels.some((level) => level < 80))
})

one('is the same each time', () => {
  equal(pngOf(pictured()), pngOf(pictured()))
  is(svgOf(pictured()), svgOf(pictured()))
})

one('shows what there is of a finger, and an empty image as it is', () => {
  const small = examine('small.png', drawn({ ...PLAIN, radius: 70 }))
  const [panel] = imagesOf(printPicture(small))
  ok(panel!.image.width < 220, `${panel!.image.width} pixels across are shown`)
  const empty = examine('empty.png', drawn({ ...PLAIN, radius: 0 }))
  const picture = printPicture(empty)
  is(marksOf(picture).length, 0)
  equal(
    imagesOf(picture).map(({ image }) => image.width),
    [300, 300, 300],
  )
  wellFormed(svgOf(picture))
})

one.run()

const two = suite('the picture of a match')

two('numbers every pair at both ends and joins them, and says the score', () => {
  const { picture, meetings, score: found } = matchPicture(print, again)
  is(found, score(pack(print.view), pack(again.view)))
  ok(meetings.length >= 15)
  const numbers = textsOf(picture).filter((text) => /^\d+$/.test(text))
  const expected = meetings.flatMap((_, index) => [String(index + 1), String(index + 1)])
  equal(numbers.toSorted(), expected.toSorted())
  match(picture.title, `score ${found}`)
  match(textsOf(picture)[0]!, `Score ${found}`)
  wellFormed(svgOf(picture))
})

two('joins places that are the minutiae of either print', () => {
  const { picture, meetings } = matchPicture(print, again)
  const [left, right] = imagesOf(picture)
  const joins = picture.shapes.flatMap((shape) =>
    shape.kind === 'lines' && shape.pen.opacity === 0.55 ? shape.paths : [],
  )
  const lines = joins.slice(0, meetings.length)
  for (const [start, end] of lines) {
    ok(start![0] > left!.x && start![0] < left!.x + left!.width)
    ok(end![0] > right!.x && end![0] < right!.x + right!.width)
    ok(start![1] > left!.y && end![1] > right!.y)
  }
})

two('says of strangers that a search would not take them for one', () => {
  const texts = textsOf(matchPicture(print, other).picture).join('\n')
  match(texts, /That is not reached\./)
  match(textsOf(matchPicture(print, again).picture).join('\n'), /That is reached\./)
})

two('is drawn where there is nothing to pair', () => {
  const empty = examine('empty.png', drawn({ ...PLAIN, radius: 0 }))
  const { picture, score: found } = matchPicture(print, empty)
  is(found, 0)
  wellFormed(svgOf(picture))
  ok(readPng(pngOf(picture)).pixels.length > 0)
})

two.run()

function pictured(): Picture {
  return printPicture(print)
}

function marksOf({ shapes }: Picture): Group[] {
  return groupsOf(shapes).filter(({ name }) => name === 'ending' || name === 'bifurcation')
}

function groupsOf(shapes: readonly Shape[]): Group[] {
  return shapes.flatMap((shape) => (shape.kind === 'group' ? [shape] : []))
}

function imagesOf({ shapes }: Picture): (Shape & { kind: 'image' })[] {
  return shapes.flatMap((shape) => (shape.kind === 'image' ? [shape] : []))
}

function textsOf({ shapes }: Picture): string[] {
  return shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
}
