/**
 * From files of templates and images to the fingers that an officer signs for.
 *
 * Images become templates here, at the station: nothing else of them goes into a request.
 */
import { availableParallelism } from 'node:os'
import { Extractor } from '../../matcher/extract/extractor.ts'
import { templateOf, type Print } from '../../matcher/extract/prints.ts'
import { IMAGE_BYTES_MAX } from '../../matcher/image/image.ts'
import { POSITION_MAX } from '../../matcher/template/fields.ts'
import type { Feedback } from '../../matcher/quality/feedback.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { FINGERS_MAX, TEMPLATE_BYTES_MAX } from '../../protocol/limits.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { ATTEMPTS_MAX } from '../../protocol/rules/application.ts'
import { systemClock } from '../clock.ts'
import { checkInPlace, packFingers } from '../search/fingers.ts'
import { readPrints } from '../search/prints.ts'
import type { FingerArgument } from './arguments.ts'
import { readUpTo, tooLarge } from './read-up-to.ts'

/** A template of any edition begins with it. */
const TEMPLATE_MAGIC = 'FMR\0'

export interface CaptureOptions {
  /** Of images whose file does not say it. */
  readonly dpi?: number | undefined
}

/** A finger of which the best attempt is kept: of equals the first. */
export interface Capture extends CapturedFinger {
  /** Of each attempt; absent where a template came. */
  readonly qualities?: readonly number[]
  /** What to tell the person about the kept attempt. */
  readonly feedback: readonly Feedback[]
}

interface Attempt extends CapturedFinger {
  readonly quality: number | undefined
  /** The slap that it was cut from, if it was. */
  readonly slap?: number
  readonly feedback: readonly Feedback[]
}

/** Lends an extractor, whose threads start with the first image. */
export async function withExtractor<T>(work: (extractor: Extractor) => Promise<T>): Promise<T> {
  const extractor = new Extractor({ workers: availableParallelism() }, { clock: systemClock })
  try {
    return await work(extractor)
  } finally {
    await extractor.close()
  }
}

/**
 * Several images of one finger are its attempts. A finger is taken from a slap only where there is
 * no image of it alone; otherwise the slap tells whether it is the finger that it is said to be.
 *
 * @throws TamgaError `too-large`; `unprocessable`: no image, or not of the finger that is said;
 *   RuleRefusal `fingers-exchanged`
 */
export async function readCaptures(
  files: readonly FingerArgument[],
  options: CaptureOptions,
  extractor: Extractor,
): Promise<Capture[]> {
  if (files.length > FINGERS_MAX * ATTEMPTS_MAX) {
    throw new TamgaError('unprocessable', `${files.length} files are more than ten fingers need`)
  }
  const all = await Promise.all(files.map((file) => readAttempts(file, options, extractor)))
  const attempts = all.flat()
  const alone = attempts.filter(({ slap }) => slap === undefined)
  const cut = attempts.filter(({ slap }) => slap !== undefined)
  checkInPlace(packFingers({ fingers: alone }), packFingers({ fingers: cut }))
  const isAlone = ({ position }: Attempt) => alone.some((other) => other.position === position)
  return keepBest([...alone, ...cut.filter((one) => !isAlone(one))])
}

async function readAttempts(
  { position, file }: FingerArgument,
  { dpi }: CaptureOptions,
  extractor: Extractor,
): Promise<Attempt[]> {
  const bytes = await readUpTo(file, IMAGE_BYTES_MAX)
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === TEMPLATE_MAGIC) {
    if (position === undefined) throw unfit(file, 'which finger it is has to be said of a template')
    if (bytes.length > TEMPLATE_BYTES_MAX) throw tooLarge(file, TEMPLATE_BYTES_MAX)
    return [{ position, template: bytes, quality: undefined, feedback: [] }]
  }
  try {
    const prints = await readPrints({ bytes, dpi, position }, extractor)
    const fingers = prints.filter((print) => print.position <= POSITION_MAX)
    if (fingers.length > 0) return fingers.map(attemptOf)
    throw new TamgaError('unprocessable', 'the fingers of the slap do not stand apart')
  } catch (cause) {
    if (!(cause instanceof TamgaError) || cause.code !== 'unprocessable') throw cause
    throw unfit(file, cause.message, cause)
  }
}

function attemptOf(print: Print): Attempt {
  const { position, view, feedback, slap } = print
  const captured = { position, template: templateOf(print), quality: view.quality, feedback }
  return slap === undefined ? captured : { ...captured, slap }
}

/** In the order in which the fingers came; unknown ones are each a finger of its own. */
function keepBest(attempts: readonly Attempt[]): Capture[] {
  const fingers = new Map<number | Attempt, Attempt[]>()
  for (const attempt of attempts) {
    const key = attempt.position === 0 ? attempt : attempt.position
    fingers.set(key, [...(fingers.get(key) ?? []), attempt])
  }
  return [...fingers.values()].map(bestOf)
}

function bestOf(attempts: readonly Attempt[]): Capture {
  const { position, template, feedback, quality } = attempts[0]!
  if (attempts.length === 1 && quality === undefined) return { position, template, feedback }
  const qualities = attempts.flatMap((attempt) => attempt.quality ?? [])
  if (qualities.length < attempts.length || attempts.length > ATTEMPTS_MAX) {
    const message = `finger ${position} is given ${attempts.length} times`
    const most = `at most ${ATTEMPTS_MAX} images of it are its attempts`
    throw new TamgaError('unprocessable', `${message}; ${most}`)
  }
  const best = attempts[qualities.indexOf(Math.max(...qualities))]!
  return { position, template: best.template, feedback: best.feedback, qualities }
}

function unfit(file: string, why: string, cause?: TamgaError): TamgaError {
  return new TamgaError('unprocessable', `${file}: ${why}`, { cause })
}
