import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { extract } from '../../matcher/extract/extract.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import { pack } from '../../matcher/packed.ts'
import { misplacedAmong, repeatsAmong, type PlacedFinger } from '../../matcher/repeats.ts'
import { testPerson } from '../support/test-person.ts'
import { readTemplate } from '../../matcher/template/read.ts'
import { drawnFinger } from './support/drawn-finger.ts'
import { fvcImage } from './support/real-prints.ts'

const promises = suite('fingers of one capture')

promises('are told apart: nobody has the same finger twice', () => {
  for (const name of ['alice', 'bob', 'clara', 'daniyar', 'erlan']) {
    const fingers = testPerson(name)
      .capture()
      .map(({ position, template }) => placed(position, readTemplate(template).views[0]!))
    equal(repeatsAmong(fingers), [])
  }
})

promises('are one where a finger was placed twice: both positions are named', () => {
  const fingers = [
    fingerOf(2, drawnFinger('index')),
    fingerOf(3, drawnFinger('middle')),
    fingerOf(7, drawnFinger('index', { noise: 60, width: 330 })),
  ]
  const [repeat, ...rest] = repeatsAmong(fingers)
  equal(rest, [])
  equal(repeat!.positions, [2, 7])
  ok(repeat!.score > 100)
})

promises('are so in real prints too', () => {
  const set = 'fvc2002/DB1_B'
  const images = [101, 102, 103, 104].map((finger) => fvcImage(set, finger, 1))
  const second = fvcImage(set, 102, 2)
  if (!second || images.some((image) => image === undefined)) return
  const fingers = [...images, second].map((image, place) => fingerOf(place + 1, image!))
  equal(
    repeatsAmong(fingers).map(({ positions }) => positions),
    [[2, 5]],
  )
})

promises('are out of place where they are known under another position', () => {
  const known = ['a', 'b', 'c'].map((name, place) => fingerOf(place + 2, drawnFinger(name)))
  equal(misplacedAmong([again('a', 2), again('b', 3), again('c', 4)], known), [])
  equal(misplacedAmong([again('stranger', 3)], known), [], 'nothing is known of it')
  equal(misplacedAmong([again('a', 0)], known), [], 'nothing is said of it')
  const found = misplacedAmong([again('b', 2), again('a', 3), again('c', 4)], known)
  equal(
    found.map(({ position, isOf }) => [position, isOf]),
    [
      [2, 3],
      [3, 2],
    ],
  )
  is(misplacedAmong([again('a', 3)], [...known, again('a', 3)]).length, 0)
})

promises.run()

function again(name: string, position: number): PlacedFinger {
  return fingerOf(position, drawnFinger(name, { noise: 80 }))
}

function fingerOf(position: number, image: GreyImage): PlacedFinger {
  return placed(position, extract(image).view)
}

function placed(position: number, view: Parameters<typeof pack>[0]): PlacedFinger {
  return { position, packed: pack(view) }
}
