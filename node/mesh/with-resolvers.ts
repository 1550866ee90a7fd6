/**
 * `Promise.withResolvers` for a runtime that has none: libp2p 3 calls it unguarded, and Node 20
 * lacks it.
 *
 * Source: ECMA-262, 15th edition (ES2024), §27.2.4.9.
 */

/** Adds it if it is missing; to be called before libp2p is started. libp2p needs it no earlier. */
export function addWithResolvers(): void {
  if (typeof Promise.withResolvers === 'function') return
  const value = withResolvers
  Object.defineProperty(Promise, 'withResolvers', { configurable: true, writable: true, value })
}

function withResolvers<T>(this: PromiseConstructor): PromiseWithResolvers<T> {
  let resolve!: PromiseWithResolvers<T>['resolve']
  let reject!: PromiseWithResolvers<T>['reject']
  const promise = new this<T>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
