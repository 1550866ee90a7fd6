import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { readPng } from '../../../matcher/image/png.ts'
import { writePng } from '../../../matcher/image/write-png.ts'
import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { drawnFinger } from '../print/support/prints.ts'
import { wellFormed } from '../../support/well-formed.ts'
import { tamga, type Ran } from './support/tamga.ts'

const first = drawnFinger({ of: 0, noise: 20 })
const again = drawnFinger({ of: 0, noise: 30 })

const promises = suite('tamga print')

let folder: string

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-print-'))
  await mkdir(join(folder, 'images', 'deeper'), { recursive: true })
  await writeFile(join(folder, 'images', '1_1.png'), writePng(first))
  await writeFile(join(folder, 'images', '1_2.png'), writePng(again))
  await writeFile(join(folder, 'images', '.hidden'), 'not looked at')
  await writeFile(join(folder, 'unsaid.pgm'), writePgm(first))
})

promises.after(async () => {
  await rm(folder, { recursive: true })
})

promises('draws a print as SVG with a mark for each minutia, named after the image', async () => {
  const { stdout } = await good('print', 'show', 'images/1_1.png')
  const { view } = extract(first)
  match(stdout, `1_1.png: ${view.minutiae.length} minutiae, quality ${view.quality}`)
  match(stdout, 'written: 1_1.svg')
  const svg = await readFile(join(folder, '1_1.svg'), 'utf8')
  wellFormed(svg)
  is([...svg.matchAll(/<g class="(?:ending|bifurcation)">/g)].length, 2 * view.minutiae.length)
})

promises('draws two prints as PNG, and says their score and what it means', async () => {
  const pair = ['images/1_1.png', '--match', 'images/1_2.png', '--out', 'pair.png']
  const { stdout } = await good('print', 'show', ...pair)
  const views = [first, again].map((image) => pack(extract(image).view))
  match(stdout, `score ${score(views[0]!, views[1]!)}, `)
  match(stdout, /one stranger in .* reaches that/)
  const picture = readPng(await readFile(join(folder, 'pair.png')))
  ok(picture.width >= 1_100 && picture.height > 500)
})

promises('asks for the resolution where the file does not say it', async () => {
  const unsaid = await tamga(folder, 'print', 'show', 'unsaid.pgm')
  is(unsaid.status, 1)
  match(unsaid.stderr, /^unprocessable: unsaid\.pgm: resolution: /)
  await good('print', 'show', 'unsaid.pgm', '--dpi', '500')
})

promises('writes over no image, and nothing but SVG and PNG', async () => {
  const over = await tamga(folder, 'print', 'show', 'images/1_1.png', '--out', 'images/1_1.png')
  match(over.stderr, /^conflict: /)
  equal(await pixelsOf('images/1_1.png'), first.pixels)
  const gif = await tamga(folder, 'print', 'show', 'images/1_1.png', '--out', 'print.gif')
  is(gif.status, 1)
  match((await tamga(folder, 'print', 'show', 'nothing.png')).stderr, 'not-found: nothing.png')
})

promises('writes a template for every image of a folder, which anybody can read', async () => {
  const { stdout } = await good('print', 'extract', 'images', 'templates')
  equal(await readdir(join(folder, 'templates')), ['1_1.iso', '1_2.iso'])
  match(stdout, /^2 templates written, 0 failed, /m)
  for (const [name, image] of [
    ['1_1.iso', first],
    ['1_2.iso', again],
  ] as const) {
    const bytes = await readFile(join(folder, 'templates', name))
    const { format, views } = readTemplate(bytes)
    const { view } = extract(image)
    is(format, 'iso-19794-2:2005')
    equal(views, [{ ...view, extensions: [] }], name)
    standsInTheStandard(bytes, image)
  }
})

promises('writes templates in the edition that is asked for', async () => {
  await good('print', 'extract', 'images', 'ansi', '--format', 'ansi-378:2009')
  equal(await readdir(join(folder, 'ansi')), ['1_1.ansi', '1_2.ansi'])
  const { format, views } = readTemplate(await readFile(join(folder, 'ansi', '1_1.ansi')))
  is(format, 'ansi-378:2009')
  is(views[0]?.minutiae.length, extract(first).view.minutiae.length)
  const none = await tamga(folder, 'print', 'extract', 'images', 'none', '--format', 'ansi')
  match(none.stderr, 'Allowed choices are iso-19794-2:2005, iso-19794-2:2011, ansi-378:2004')
})

promises('names what it cannot read, and writes the others', async () => {
  await mkdir(join(folder, 'mixed'))
  await writeFile(join(folder, 'mixed', 'a.txt'), 'no image')
  await writeFile(join(folder, 'mixed', 'b.pgm'), writePgm(first))
  await writeFile(join(folder, 'mixed', 'c.png'), writePng(first))
  const ran = await tamga(folder, 'print', 'extract', 'mixed', 'out')
  is(ran.status, 1)
  match(ran.stdout, /^a\.txt +failed: magic: /m)
  match(ran.stdout, /^b\.pgm +failed: resolution: /m)
  match(ran.stdout, /^1 templates written, 2 failed, /m)
  equal(await readdir(join(folder, 'out')), ['c.iso'])
  const said = await tamga(folder, 'print', 'extract', 'mixed', 'out', '--dpi', '500')
  match(said.stdout, /^2 templates written, 1 failed, /m)
  equal(await readdir(join(folder, 'out')), ['b.iso', 'c.iso'])
})

promises('begins nothing where two images would get one template, or there are none', async () => {
  await writeFile(join(folder, 'mixed', 'b.png'), writePng(first))
  match((await tamga(folder, 'print', 'extract', 'mixed', 'both')).stderr, /^conflict: .*b\.iso/)
  match((await tamga(folder, 'print', 'extract', 'mixed', 'mixed')).stderr, /^conflict: /)
  await mkdir(join(folder, 'empty'))
  match((await tamga(folder, 'print', 'extract', 'empty', 'both')).stderr, /^not-found: /)
})

promises.run()

async function good(...args: readonly string[]): Promise<Ran> {
  const ran = await tamga(folder, ...args)
  if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr)
  return ran
}

async function pixelsOf(name: string): Promise<Uint8Array> {
  return readPng(await readFile(join(folder, name))).pixels
}

/** ISO/IEC 19794-2:2005, tables 2 to 4, read field by field without our reader. */
function standsInTheStandard(bytes: Buffer, { width, height }: GreyImage): void {
  is(bytes.toString('latin1', 0, 8), 'FMR\0 20\0')
  is(bytes.readUInt32BE(8), bytes.length)
  equal(
    [14, 16, 18, 20].map((at) => bytes.readUInt16BE(at)),
    [width, height, 197, 197],
  )
  is(bytes[22], 1, 'one view')
  const [position, view, quality, count] = bytes.subarray(24, 28)
  equal([position, view], [0, 0])
  ok(quality! >= 1 && quality! <= 100)
  is(bytes.length, 24 + 4 + 6 * count! + 2)
  for (let at = 28; at < bytes.length - 2; at += 6) {
    const type = bytes[at]! >> 6
    ok(type === 1 || type === 2)
    ok((bytes.readUInt16BE(at) & 0x3fff) < width)
    ok(bytes.readUInt16BE(at + 2) < height)
    ok(bytes[at + 5]! >= 1 && bytes[at + 5]! <= 100)
  }
  is(bytes.readUInt16BE(bytes.length - 2), 0, 'no extended data')
}
