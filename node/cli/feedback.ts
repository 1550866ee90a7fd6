/** What to tell the person whose finger was captured, in a plain sentence. */
import type { Feedback } from '../../matcher/quality/feedback.ts'
import type { Capture } from './captures.ts'

const SENTENCES: Readonly<Record<Feedback, string>> = {
  'not-a-finger': 'No finger is to be seen: place it on the sensor.',
  inverted: 'Light and dark are exchanged: set the scanner to dark ridges.',
  dry: 'The finger is too dry: moisten it, or press a little harder.',
  wet: 'The finger is too wet: dry it, or press less.',
  smeared: 'The finger has moved: hold it still.',
  small: 'Too little of the finger is to be seen: place it flat.',
  'off-centre': 'The finger is off centre: place its middle on that of the sensor.',
}

/** One line for each finger that came as an image. */
export function sayFeedback(captures: readonly Capture[], say: (line: string) => void): void {
  for (const { position, qualities, feedback } of captures) {
    if (!qualities) continue
    const finger = position === 0 ? 'a finger' : `finger ${position}`
    const measured = `${finger}: quality ${qualities.join(', ')} of 100.`
    say([measured, ...feedback.map((code) => SENTENCES[code])].join(' '))
  }
}
