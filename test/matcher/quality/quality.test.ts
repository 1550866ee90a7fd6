import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { extract } from '../../../matcher/extract/extract.ts'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import * as poor from '../../../simulations/tune/poor-print.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { outsideData } from '../../support/data.ts'
import { drawnFinger } from '../support/drawn-finger.ts'
import { fvcImage } from '../support/real-prints.ts'
import { textures } from '../support/textures.ts'

/** Points by which NFIQ 2 has to tell two prints apart for the difference to be one. */
const APART = 8

const promises = suite('quality')

promises('is next to nothing where there is no finger', () => {
  for (const [name, image] of Object.entries(textures())) {
    const quality = qualityOf(image)
    ok(quality >= 1 && quality <= 5, `${name} has ${quality}`)
  }
})

promises('falls with each way in which a capture goes wrong', () => {
  const prints = [102, 103, 106].flatMap((finger) => fvcImage('fvc2002/DB1_B', finger, 1) ?? [])
  for (const image of [drawnFinger('one'), ...prints]) {
    const whole = qualityOf(image)
    for (const [name, spoilt] of Object.entries(spoiltCopies(image))) {
      ok(qualityOf(spoilt) < whole - 10, `${name}: ${qualityOf(spoilt)} of ${whole}`)
    }
  }
})

promises('is the same on every machine', () => {
  equal(
    [Infinity, 110, 90, 70].map((radius) => qualityOf(drawnFinger('one', { radius }))),
    [84, 72, 65, 45],
  )
})

promises('ranks prints as NFIQ 2 does, but for one pair of those it was published with', () => {
  const prints = [1, 2, 3, 4, 5].flatMap((number) => nfiq2Print(number) ?? [])
  const reversed = prints.flatMap((one, index) => {
    return prints.slice(index + 1).filter((two) => {
      return (one.theirs - two.theirs) * (one.ours - two.ours) < 0
    })
  })
  ok(reversed.length <= 1, JSON.stringify(prints))
  const worst = prints.toSorted((one, two) => one.theirs - two.theirs)[0]
  for (const { theirs, ours } of prints) {
    if (theirs >= worst!.theirs + APART) ok(ours > worst!.ours, JSON.stringify(prints))
  }
})

promises.run()

function qualityOf(image: GreyImage): number {
  return extract(image).view.quality
}

function spoiltCopies(image: GreyImage): Readonly<Record<string, GreyImage>> {
  const { width, height } = image
  const random = new SeededRandom('quality 1')
  const isKept = (x: number, y: number) => Math.hypot(x - width / 2, y - height / 2) < 70
  return {
    wet: poor.wetted(image, 4, poor.everywhere),
    dry: poor.dried(image, { share: 0.7, random }, poor.everywhere),
    smeared: poor.smeared(image, { dx: 8, dy: 18 }, poor.everywhere),
    cropped: poor.cropped(image, isKept),
  }
}

function nfiq2Print(number: number): { theirs: number; ours: number } | undefined {
  const image = outsideData('nfiq2', `SFinGe_Test0${number}.pgm`)
  const output = outsideData('nfiq2', `SFinGe_Test0${number}_output.txt`)
  if (image === undefined || output === undefined) return undefined
  const theirs = Number(/UnifiedQualityScore: (\d+)/.exec(readFileSync(output, 'utf8'))?.[1])
  return { theirs, ours: qualityOf(at500Dpi(readImage(readFileSync(image), { dpi: 500 }))) }
}
