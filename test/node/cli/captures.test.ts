import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import { printsOf } from '../../../matcher/extract/prints.ts'
import { cutSlap } from '../../../matcher/extract/slap.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import type { FingerView } from '../../../matcher/template/template.ts'
import { finger } from '../../../node/cli/arguments.ts'
import { readCaptures, withExtractor, type Capture } from '../../../node/cli/captures.ts'
import { sayFeedback } from '../../../node/cli/feedback.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { composedSlap } from '../../matcher/support/composed-slap.ts'
import { PLAIN, drawn } from '../../matcher/support/drawn-print.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import {
  isoRecord,
  nistTransaction,
  type RecordImage,
} from '../../matcher/support/image-records.ts'
import { testPerson } from '../../support/test-person.ts'

/** Skin around the minutiae, and none beside it. */
const TIP = { radius: 125 }

const CLEAR = drawnFinger('one')
const PARTIAL = drawnFinger('one', { radius: 90 })
const OTHER = drawnFinger('other')
const NOTHING = drawn({ ...PLAIN, radius: 0 })
const SLAP = composedSlap({ fingers: ['one', 'b', 'c', 'd'].map((name) => drawnFinger(name, TIP)) })
const DPI = 500

const promises = suite('captures at a station')

let folder: string

promises.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-captures-'))
  const files: Record<string, Uint8Array> = {
    'clear.pgm': writePgm(CLEAR),
    'partial.pgm': writePgm(PARTIAL),
    'other.pgm': writePgm(OTHER),
    'nothing.pgm': writePgm(NOTHING),
    'other.wsq': writeWsq(OTHER),
    'right.iso': testPerson('anybody').capture()[0]!.template,
    'two.fir': isoRecord([recordOf(2, CLEAR), recordOf(7, OTHER)], 2),
    'slap.pgm': writePgm(SLAP),
    'with-slap.an2': nistTransaction(recordOf(2, CLEAR), recordOf(13, SLAP)),
    'exchanged.an2': nistTransaction(recordOf(3, CLEAR), recordOf(13, SLAP)),
    'no-slap.fir': isoRecord([recordOf(13, OTHER)], 2),
    'roster.note': Buffer.from('no finger'),
    'huge.iso': Buffer.concat([Buffer.from('FMR\0'), new Uint8Array(8_192)]),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
})

promises.after(async () => rm(folder, { recursive: true, force: true }))

promises(
  'are the templates of images: of the finger that is said, with what was measured',
  async () => {
    const [one, two, ...rest] = await captured('2=clear.pgm', '7=other.wsq')
    equal(rest, [])
    const view = viewOf(one!)
    const expected = extract(CLEAR).view
    equal([view.position, view.impression, view.quality], [2, 0, expected.quality])
    equal(view.minutiae, expected.minutiae)
    equal([one!.position, one!.qualities], [2, [expected.quality]])
    equal([two!.position, viewOf(two!).position], [7, 7])
  },
)

promises('are templates as they came, of which nothing was measured', async () => {
  const [template] = testPerson('anybody').capture()
  equal(await captured('3=right.iso'), [
    { position: 3, template: template!.template, feedback: [] },
  ])
})

promises('are all fingers of a record, or the one of it that is said', async () => {
  for (const said of [['two.fir'], ['2=two.fir', '7=two.fir']]) {
    const both = await captured(...said)
    equal(
      both.map(({ position }) => position),
      [2, 7],
    )
    equal(viewOf(both[1]!).minutiae, printsOf(writeWsq(OTHER), { dpi: DPI })[0]!.view.minutiae)
  }
})

promises('are the fingers of a slap, where there is no image of the finger alone', async () => {
  const inSlap = extract(cutSlap(SLAP, 13)![1]!.image).view.minutiae
  for (const said of ['13=slap.pgm', 'with-slap.an2']) {
    const fingers = await captured(said)
    equal(
      fingers.map(({ position }) => position),
      [2, 3, 4, 5],
    )
    ok(fingers.every(({ qualities }) => qualities?.length === 1))
  }
  const [first, second] = await captured('2=clear.pgm', '13=slap.pgm')
  equal(viewOf(first!).minutiae, extract(CLEAR).view.minutiae)
  equal(viewOf(second!).minutiae, inSlap)
  equal((await captured('4=with-slap.an2')).length, 1)
})

promises('keep the best of several images of a finger, and the quality of each', async () => {
  const qualities = [PARTIAL, CLEAR].map((image) => extract(image).view.quality)
  const [best, ...rest] = await captured('2=partial.pgm', '2=clear.pgm')
  equal(rest, [])
  equal(best!.qualities, qualities)
  equal(viewOf(best!).minutiae, extract(CLEAR).view.minutiae)
  is((await captured('0=partial.pgm', '0=clear.pgm')).length, 2, 'unknown ones may be two fingers')
})

promises('say in a sentence what the person can do better', async () => {
  const lines: string[] = []
  const captures = await captured('2=clear.pgm', '3=nothing.pgm', '7=right.iso')
  sayFeedback(captures, (line) => lines.push(line))
  equal(lines, [
    `finger 2: quality ${extract(CLEAR).view.quality} of 100.`,
    'finger 3: quality 1 of 100. No finger is to be seen: place it on the sensor.',
  ])
})

const REFUSED: readonly [files: string[], dpi: number | undefined, code: string, why: RegExp][] = [
  [['2=clear.pgm'], undefined, 'unprocessable', /clear\.pgm: resolution: nobody has said/],
  [['2=roster.note'], DPI, 'unprocessable', /roster\.note: magic: /],
  [['3=two.fir'], DPI, 'unprocessable', /two\.fir: the image is not of finger 3/],
  [['0=two.fir'], DPI, 'unprocessable', /two\.fir: the image is not of finger 0/],
  [['no-slap.fir'], DPI, 'unprocessable', /no-slap\.fir: the fingers of the slap do not stand/],
  [['exchanged.an2'], DPI, 'unprocessable', /^what is said to be finger 3 is finger 2$/],
  [['7=clear.pgm', '13=slap.pgm'], DPI, 'unprocessable', /said to be finger 7 is finger 2/],
  [['right.iso'], DPI, 'unprocessable', /right\.iso: which finger it is/],
  [['2=clear.pgm', '2=right.iso'], DPI, 'unprocessable', /finger 2 is given 2 times/],
  [Array.from({ length: 4 }, () => '2=clear.pgm'), DPI, 'unprocessable', /given 4 times/],
  [Array.from({ length: 31 }, () => '2=clear.pgm'), DPI, 'unprocessable', /31 files/],
  [['2=huge.iso'], DPI, 'too-large', /huge\.iso is larger than 8192 bytes/],
]

promises('are refused with the file and the reason', async () => {
  for (const [files, dpi, code, why] of REFUSED) {
    const refusal = asTamgaError(await read(files, dpi).catch((error: unknown) => error))
    is(refusal.code, code, files.join(' '))
    match(refusal.message, why)
  }
})

promises.run()

function captured(...files: string[]): Promise<Capture[]> {
  return read(files, DPI)
}

/** As a command line has them. */
function read(files: readonly string[], dpi: number | undefined): Promise<Capture[]> {
  const said = files.flatMap((file) => finger(file))
  const found = said.map(({ position, file }) => ({ position, file: join(folder, file) }))
  return withExtractor((extractor) => readCaptures(found, { dpi }, extractor))
}

function viewOf({ template }: Capture): FingerView {
  const { format, views } = readTemplate(template)
  equal([format, views.length], ['iso-19794-2:2005', 1])
  return views[0]!
}

function recordOf(position: number, image: GreyImage): RecordImage {
  const { width, height } = image
  return { position, width, height, data: writeWsq(image) }
}
