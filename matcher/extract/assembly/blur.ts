/** Means over squares; the definition is `blur` of `extract/frame.ts`. */
import { DOUBLE, FLOAT, pairAt, rowsAt } from './frame'

/** `width` is at most the frame's `stride`. */
export function blur(plane: usize, width: usize, height: usize, radius: usize, out: usize): void {
  const sums = rowsAt
  const shares = rowsAt + width * DOUBLE
  const row = width * FLOAT
  memory.fill(sums, 0, width * DOUBLE)
  for (let x: usize = 0; x < width; x += 1) store<f64>(shares + x * DOUBLE, share(x, width, radius))
  for (let y: usize = 0; y < min(radius, height); y += 1) add(sums, plane + y * row, width)
  for (let y: usize = 0; y < height; y += 1) {
    const isEnd = y + radius >= height
    const isStart = y <= radius
    const added = plane + (y + radius) * row
    const dropped = plane + (y - radius - 1) * row
    if (!isStart && !isEnd) slide(sums, added, dropped, width)
    else if (!isEnd) add(sums, added, width)
    else if (!isStart) drop(sums, dropped, width)
    meansAlong(sums, shares, width, radius, share(y, height, radius), out + y * row)
  }
}

/** One over how many of a line's places the window around one of them holds. */
function share(place: usize, length: usize, radius: usize): f64 {
  const first = place > radius ? place - radius : 0
  return 1 / <f64>(min(length - 1, place + radius) - first + 1)
}

function slide(sums: usize, added: usize, dropped: usize, width: usize): void {
  let x: usize = 0
  for (; x + 2 <= width; x += 2) {
    const change = f64x2.sub(pairAt(added + x * FLOAT), pairAt(dropped + x * FLOAT))
    const at = sums + x * DOUBLE
    store<v128>(at, f64x2.add(load<v128>(at), change))
  }
  if (x == width) return
  const change = <f64>load<f32>(added + x * FLOAT) - <f64>load<f32>(dropped + x * FLOAT)
  const at = sums + x * DOUBLE
  store<f64>(at, load<f64>(at) + change)
}

function add(sums: usize, added: usize, width: usize): void {
  for (let x: usize = 0; x < width; x += 1) {
    const at = sums + x * DOUBLE
    store<f64>(at, load<f64>(at) + <f64>load<f32>(added + x * FLOAT))
  }
}

function drop(sums: usize, dropped: usize, width: usize): void {
  for (let x: usize = 0; x < width; x += 1) {
    const at = sums + x * DOUBLE
    store<f64>(at, load<f64>(at) - <f64>load<f32>(dropped + x * FLOAT))
  }
}

function meansAlong(
  sums: usize,
  shares: usize,
  width: usize,
  radius: usize,
  rowShare: f64,
  out: usize,
): void {
  const head = min(radius + 1, width)
  const tail = width > radius ? max(head, width - radius) : head
  const reach = radius * DOUBLE
  let sum: f64 = 0
  for (let x: usize = 0; x < min(radius, width); x += 1) sum += load<f64>(sums + x * DOUBLE)
  for (let x: usize = 0; x < head; x += 1) {
    if (x + radius < width) sum += load<f64>(sums + x * DOUBLE + reach)
    put(out, shares, x, sum * rowShare)
  }
  for (let x = head; x < tail; x += 1) {
    const at = sums + x * DOUBLE
    sum += load<f64>(at + reach) - load<f64>(at - reach - DOUBLE)
    put(out, shares, x, sum * rowShare)
  }
  for (let x = tail; x < width; x += 1) {
    sum -= load<f64>(sums + x * DOUBLE - reach - DOUBLE)
    put(out, shares, x, sum * rowShare)
  }
}

function put(out: usize, shares: usize, x: usize, mean: f64): void {
  store<f32>(out + x * FLOAT, <f32>(mean * load<f64>(shares + x * DOUBLE)))
}
