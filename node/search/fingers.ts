/** From captured templates to what the gallery compares. */
import { pack } from '../../matcher/packed.ts'
import type { GalleryFinger } from '../../matcher/gallery/gallery.ts'
import { misplacedAmong, repeatsAmong } from '../../matcher/repeats.ts'
import { readTemplate } from '../../matcher/template/read.ts'
import type { FingerView } from '../../matcher/template/template.ts'
import { InvalidTemplate } from '../../matcher/template/template.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { CapturedFinger, Payload } from '../../protocol/payload.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'

/** @throws TamgaError `unprocessable`: not a template, or not of one finger */
export function readFinger({ template }: CapturedFinger): FingerView {
  try {
    const { views } = readTemplate(template)
    const [view] = views
    if (view && views.length === 1) return view
    throw new TamgaError('unprocessable', `a template of ${views.length} fingers, not of one`)
  } catch (cause) {
    if (!(cause instanceof InvalidTemplate)) throw cause
    throw new TamgaError('unprocessable', `not a template: ${cause.message}`, { cause })
  }
}

/** @throws TamgaError `unprocessable` */
export function packFingers({ fingers }: Pick<Payload, 'fingers'>): GalleryFinger[] {
  return fingers.map((finger) => {
    return { position: finger.position, packed: pack(readFinger(finger)) }
  })
}

/** @throws RuleRefusal `same-finger-twice`, with both positions in its message */
export function checkNoRepeats(fingers: readonly GalleryFinger[]): void {
  const [repeat] = repeatsAmong(fingers)
  if (!repeat) return
  const [one, other] = repeat.positions
  const message = `fingers ${one} and ${other} are one and the same`
  throw new RuleRefusal('unprocessable', ['same-finger-twice'], message)
}

/**
 * @param known the same person's, of which it is certain which finger each is
 * @throws RuleRefusal `fingers-exchanged`, with both positions in its message
 */
export function checkInPlace(
  fingers: readonly GalleryFinger[],
  known: readonly GalleryFinger[],
): void {
  const [misplaced] = misplacedAmong(fingers, known)
  if (!misplaced) return
  const { position, isOf } = misplaced
  const message = `what is said to be finger ${position} is finger ${isOf}`
  throw new RuleRefusal('unprocessable', ['fingers-exchanged'], message)
}
