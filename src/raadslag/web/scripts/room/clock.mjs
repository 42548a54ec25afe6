// What the clock in the room is. The server's clock counts; between two answers this device counts on from it, also when
// its own clock is set back, and when it has slept.

export const root = document.querySelector("[data-room]");
const told = new Intl.DateTimeFormat("da-DK", { timeZone: root.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
let known = { server: Number(root.dataset.now) * 1000, run: performance.now(), device: Date.now() };

/** Set the clock by an answer of the server. */
export function hear(answer) {
  const server = Date.parse(answer.headers.get("Date") ?? "");
  if (server) known = { server, run: performance.now(), device: Date.now() };
}

/** "18.52". */
export function clock() {
  const gone = Math.max(performance.now() - known.run, Date.now() - known.device); // the one stops in sleep, the other may jump back
  return told.format(known.server + gone).replace(":", ".");
}

const face = root.querySelector("[data-clock]");
function show() {
  if (face.textContent !== clock()) face.textContent = clock();
}
face.hidden = false;
show();
setInterval(show, 1000);
