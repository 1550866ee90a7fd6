import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { chooseFingers, type Replacement } from '../../../protocol/document/chosen-fingers.ts'

const THRESHOLDS = [30, 30, 30, 20, 20, 10, 30, 30, 20, 20, 10]

const CASES: readonly [
  name: string,
  offered: Readonly<Record<number, number>>,
  taken: readonly number[],
  replacements: readonly Replacement[],
  poor?: readonly number[],
][] = [
  ['both index fingers', { 1: 90, 2: 40, 6: 90, 7: 30, 8: 99 }, [2, 7], []],
  [
    'the thumb for an index finger that is not there',
    { 1: 40, 3: 90, 7: 50 },
    [1, 7],
    [{ wanted: 2, taken: 1, reason: 'not-offered' }],
  ],
  [
    'the middle finger where index and thumb are too poor',
    { 1: 29, 2: 29, 3: 20, 7: 50 },
    [3, 7],
    [{ wanted: 2, taken: 3, reason: 'quality' }],
  ],
  [
    'the best of poor ones',
    { 1: 12, 2: 9, 7: 50 },
    [1, 7],
    [{ wanted: 2, taken: 1, reason: 'quality' }],
    [1],
  ],
  ['an index finger that is the best of poor ones', { 1: 9, 2: 12, 7: 50 }, [2, 7], [], [2]],
  [
    'two of one hand where the other has none',
    { 7: 50, 6: 50, 5: 99 },
    [7, 6],
    [{ wanted: 2, taken: 6, reason: 'other-hand' }],
  ],
  [
    'one where there is one',
    { 2: 50 },
    [2],
    [{ wanted: 7, taken: undefined, reason: 'other-hand' }],
  ],
  [
    'none of little fingers',
    { 5: 99, 10: 99, 0: 99 },
    [],
    [
      { wanted: 2, taken: undefined, reason: 'other-hand' },
      { wanted: 7, taken: undefined, reason: 'other-hand' },
    ],
  ],
]

const promises = suite('the fingers of a chip')

for (const [name, offered, taken, replacements, poor = []] of CASES) {
  promises(`are ${name}`, () => {
    const fingers = Object.entries(offered).map(([position, quality]) => {
      return { position: Number(position), quality }
    })
    const chosen = chooseFingers(fingers, THRESHOLDS)
    equal(
      chosen.fingers.map(({ position }) => position),
      taken,
    )
    equal([chosen.replacements, chosen.poor], [replacements, poor])
  })
}

promises.run()
