import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { TamgaError } from '../../protocol/errors.ts'
import { parseIin } from '../../protocol/iin.ts'
import { checkSum, completed, iins } from '../support/iins.ts'
import { check, codeOf } from './support/codec-promises.ts'

const SAMPLE = '791028302728'

const promises = suite('an IIN')

promises('says when somebody was born, and of which sex', () => {
  equal(parseIin(SAMPLE), { digits: SAMPLE, born: '1979-10-28', sex: 'male' })
})

const CENTURIES: readonly [head: string, born: string, sex: string][] = [
  ['9612311', '1896-12-31', 'male'],
  ['9612312', '1896-12-31', 'female'],
  ['0001013', '1900-01-01', 'male'],
  ['9912314', '1999-12-31', 'female'],
  ['0001015', '2000-01-01', 'male'],
  ['9912316', '2099-12-31', 'female'],
]

for (const [head, born, sex] of CENTURIES) {
  promises(`with ${head[6]} in the seventh place is of a ${sex} born ${born}`, () => {
    const read = parseIin(completed(`${head}0001`)!)
    equal([read.born, read.sex], [born, sex])
  })
}

const DAYS: readonly [head: string, isDay: boolean][] = [
  ['0002295', true],
  ['0002293', false],
  ['0002291', false],
  ['9602293', true],
  ['9502293', false],
  ['0402295', true],
  ['9602303', false],
  ['9013013', false],
  ['9000013', false],
  ['9001003', false],
  ['9001313', true],
  ['9001323', false],
  ['9004303', true],
  ['9004313', false],
]

for (const [head, isDay] of DAYS) {
  promises(
    `${isDay ? 'has' : 'does not have'} the birthday ${head.slice(0, 6)}, ${head[6]}`,
    () => {
      const iin = completed(`${head}0002`)!
      if (isDay) is(parseIin(iin).digits, iin)
      else complains(iin, /date of birth/)
    },
  )
}

promises('has no century for 0, 7, 8 or 9', () => {
  for (const code of [0, 7, 8, 9]) {
    const whole = [0, 1, 2, 3].map((serial) => completed(`791028${code}000${serial}`))
    for (const iin of whole) complains(iin!, /century digit/)
  }
})

promises('is twelve digits and nothing else', () => {
  for (const text of ['', SAMPLE.slice(1), `${SAMPLE}0`, ` ${SAMPLE}`])
    complains(text, /characters/)
  const strange = ['79102830272a', '٧٩١٠٢٨٣٠٢٧٢٨', '7910283027 8', '-91028302728', '79102830272\n']
  for (const text of strange) complains(text, /something else than digits/)
})

promises('takes its check digit from the second weights where the first give 10', () => {
  for (const iin of ['900228400504', '900228400516', '900228400553']) {
    is(checkSum(iin), 10)
    is(parseIin(iin).digits, iin)
    complains(iin.slice(0, 11) + ((Number(iin[11]) + 1) % 10), /check digit/)
  }
})

promises('has no check digit at all where the second weights give 10 too', () => {
  for (const eleven of ['90022840053', '90022840134', '90022840487']) {
    is(completed(eleven), undefined)
    for (let digit = 0; digit < 10; digit += 1) complains(`${eleven}${digit}`, /check digit/)
  }
})

promises('of anybody is read, and says the date that it begins with', () => {
  check(iins, (iin) => {
    const { digits, born } = parseIin(iin)
    is(digits, iin)
    is(born.replaceAll('-', '').slice(2), iin.slice(0, 6))
  })
})

promises('is refused with any one digit changed, if the first weights hold for both', () => {
  check(iins, (iin) => {
    for (const [place, changed] of slips(iin)) {
      if (checkSum(iin) === 10 || checkSum(changed) === 10) continue
      const isSeen = codeOf(() => parseIin(changed)) === 'unprocessable'
      is(isSeen, place !== 10, `digit ${place + 1}`)
    }
  })
})

promises('is refused with a wrong check digit, whichever weights hold', () => {
  check(iins, (iin) => {
    for (const [place, changed] of slips(iin)) if (place === 11) complains(changed, /check digit/)
  })
})

promises('is never in the error about it', () => {
  check(iins, (iin) => {
    for (const text of [`${iin}0`, iin.slice(1), ...slips(iin).map(([, changed]) => changed)]) {
      const thrown = thrownBy(text)
      if (!thrown) continue
      const shown = `${thrown.message} ${String(thrown.cause)}`
      for (let at = 0; at + 4 <= text.length; at += 1) {
        ok(!shown.includes(text.slice(at, at + 4)), shown)
      }
    }
  })
})

promises.run()

/** Every number that differs in one digit, with the place of it. */
function slips(iin: string): [place: number, changed: string][] {
  return Array.from(iin, (_, place) => place).flatMap((place) =>
    Array.from('0123456789')
      .filter((digit) => digit !== iin[place])
      .map((digit): [number, string] => [
        place,
        iin.slice(0, place) + digit + iin.slice(place + 1),
      ]),
  )
}

function complains(text: string, complaint: RegExp): void {
  const thrown = thrownBy(text)
  is(thrown?.code, 'unprocessable')
  match(thrown!.message, complaint)
}

function thrownBy(text: string): TamgaError | undefined {
  try {
    parseIin(text)
  } catch (thrown) {
    if (thrown instanceof TamgaError) return thrown
    throw thrown
  }
  return undefined
}
