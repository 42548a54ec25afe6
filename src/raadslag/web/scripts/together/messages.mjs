// What is said on the line, in the words of y-protocols: numbers, and bytes of which the length is told first.
export const SYNC = 0; export const AWARENESS = 1; export const KEPT = 2; // of a message
export const STATE = 0; export const MISSING = 1; export const UPDATE = 2; // of SYNC

function* digits(number) {
  let left = number;
  for (; left > 127; left = Math.floor(left / 128)) yield (left % 128) + 128;
  yield left;
}

/** A message of numbers and bytes. */
export function written(...parts) {
  const blob = parts.map((one) => (typeof one === "number" ? [...digits(one)] : [...digits(one.length), ...one]));
  return Uint8Array.from(blob.flat());
}

/** Reads a message from its start. */
export function reader(data) {
  let at = 0;
  const number = () => {
    let told = 0;
    for (let worth = 1; ; worth *= 128) {
      const digit = data[at];
      at += 1;
      told += (digit % 128) * worth;
      if (digit < 128) return told;
    }
  };
  const bytes = () => {
    const length = number();
    at += length;
    return data.subarray(at - length, at);
  };
  return { number, bytes };
}
