// What the meeting room says by itself, in both languages. Things are told as they would be said aloud.

const cut = (text) => (text.length > 60 ? `${text.slice(0, 58)}…` : text);

const da = {
  saved: "Gemt", here: "Gemmes her –", waits: "venter", lost: "Ingen forbindelse.", lostAll: "Ingen forbindelse – alt gemmes her",
  refused: (count) => `${count} blev ikke gemt`, full: "Enheden er fuld: luk ikke siden, før det er sendt.",
  login: "Det, du har skrevet, er gemt her. Log ind, så bliver det sendt – du kan skrive videre så længe.",
  level: "Punktet er lukket og kræver det stærke login. Det, du har skrevet, er gemt her og bliver sendt, når du har logget ind.",
  other: (name) => `Den, der er logget ind her nu, er en anden eller har ikke adgang til mødet. Det, der venter, bliver sendt, når ${name} logger ind igen.`,
  theirs: "En anden har gemt dette samtidig:", gone: "Det kan ikke gemmes her mere: mødet er hævet, eller din adgang er ændret.",
  fault: "Serveren kan ikke tage imod det. Skriv det ned, og sig det til den, der passer systemet.",
  needsLine: "Det kræver forbindelse. Prøv igen, når den er tilbage.", needsNumbers: "Uden forbindelse stemmes der ved håndsoprækning: skriv tallene.",
  notHere: "Punktet kan ikke vises uden forbindelse.", adjournLater: "Mødet kan hæves, når forbindelsen er tilbage og alt er sendt.",
  lookFirst: "Noget blev ikke gemt. Se på det først.",
  undo: "Fortryd", again: "Prøv igen", away: "Fjern", awaits: "venter", openBallot: "Åbn afstemningen", saveResult: "Gem resultatet",
  came: "kom", left: "gik", isIn: "til stede", isOut: "ikke til stede", barredHere: "inhabil her", nobody: "Ingen på listen hedder sådan.",
  badClock: "Skriv tiden som 17.20.", noCommand: "Intet passer. Prøv et andet ord.",
  answers: { for: "for", against: "imod", abstained: "hverken eller" },
  textTo: (one) => `Tekst til punkt ${one.number}:`,
  says: {
    text: (one) => `${da.textTo(one)} “${cut(one.fields.text)}”`,
    remove: (one) => `Tekst taget ud af punkt ${one.number}`,
    begin: (one) => `Punkt ${one.number} begyndt ${one.fields.clock}`,
    outcome: (one) => `Udfald af punkt ${one.number}: ${one.label}`,
    reading: () => "Oplæsningen begyndt",
    tick: (one) => (one.fields.is_read === "no" ? `Punkt ${one.number} læses igen` : `Punkt ${one.number} læst op`),
    hands: (one) => `Afstemning til punkt ${one.number}: ${one.fields.for} for, ${one.fields.against} imod, ${one.fields.abstained} hverken eller`,
    undo: (one) => `Fortrudt: ${one.name} ${da.did[one.what]}`,
    happen: (one) => `${one.name} ${da.did[one.fields.kind]} ${one.fields.clock}`,
  },
  did: { arrived: "kom", left: "gik", barred: "inhabil", unbarred: "ikke inhabil", not_barred: "ikke inhabil" },
  keys: {
    next: "Næste punkt, eller punktet er læst", previous: "Forrige punkt", outcome: "Udfald, og så 1–9", attendance: "Ankom eller gik",
    commands: "Hvad vil du gøre?", confirm: "Gem det, jeg står i", blocks: "Byggeklods, først i et tomt afsnit",
  },
  pressNow: "Tryk på den nye tast. Esc fortryder.", change: "Skift", needsMore: "Vælg en F-tast, eller brug Ctrl eller Alt sammen med tasten.",
  taken: (name) => `Tasten bruges allerede til: ${name}.`, isSet: (name, key) => `${name}: ${key}`,
  goTo: "Gå til punkt", outcomeIs: "Udfald:", block: "Byggeklods:", shift: "Shift",
};

const en = {
  saved: "Saved", here: "Kept here –", waits: "waiting", lost: "No connection.", lostAll: "No connection – everything is kept here",
  refused: (count) => `${count} not saved`, full: "The device is full: do not close the page until everything is sent.",
  login: "What you wrote is kept here. Log in and it will be sent – you can go on writing meanwhile.",
  level: "The item is closed and needs the stronger login. What you wrote is kept here and will be sent once you have logged in.",
  other: (name) => `Whoever is logged in here now is somebody else, or may not enter the meeting. What waits will be sent once ${name} logs in again.`,
  theirs: "Somebody else saved this at the same time:", gone: "It cannot be saved here any more: the meeting is over, or your access has changed.",
  fault: "The server cannot take it. Note it down, and tell whoever looks after the system.",
  needsLine: "That needs a connection. Try again when it is back.", needsNumbers: "Without a connection a vote is by show of hands: write the numbers.",
  notHere: "The item cannot be shown without a connection.", adjournLater: "The meeting can be adjourned when the connection is back and everything is sent.",
  lookFirst: "Something was not saved. Look at it first.",
  undo: "Undo", again: "Try again", away: "Discard", awaits: "waiting", openBallot: "Open the ballot", saveResult: "Save the result",
  came: "came", left: "left", isIn: "present", isOut: "not present", barredHere: "disqualified here", nobody: "Nobody on the list has that name.",
  badClock: "Write the time as 17.20.", noCommand: "Nothing fits. Try another word.",
  answers: { for: "for", against: "against", abstained: "neither" },
  textTo: (one) => `Text for item ${one.number}:`,
  says: {
    text: (one) => `${en.textTo(one)} “${cut(one.fields.text)}”`,
    remove: (one) => `Text taken out of item ${one.number}`,
    begin: (one) => `Item ${one.number} begun ${one.fields.clock}`,
    outcome: (one) => `Outcome of item ${one.number}: ${one.label}`,
    reading: () => "The reading-out begun",
    tick: (one) => (one.fields.is_read === "no" ? `Item ${one.number} is read again` : `Item ${one.number} read out`),
    hands: (one) => `Ballot at item ${one.number}: ${one.fields.for} for, ${one.fields.against} against, ${one.fields.abstained} neither`,
    undo: (one) => `Taken back: ${one.name} ${en.did[one.what]}`,
    happen: (one) => `${one.name} ${en.did[one.fields.kind]} ${one.fields.clock}`,
  },
  did: { arrived: "came", left: "left", barred: "disqualified", unbarred: "not disqualified", not_barred: "not disqualified" },
  keys: {
    next: "Next item, or the item is read", previous: "Previous item", outcome: "Outcome, then 1–9", attendance: "Came or left",
    commands: "What do you want to do?", confirm: "Save what I am in", blocks: "Building block, first in an empty paragraph",
  },
  pressNow: "Press the new key. Esc leaves it.", change: "Change", needsMore: "Choose an F key, or use Ctrl or Alt with the key.",
  taken: (name) => `The key is used already for: ${name}.`, isSet: (name, key) => `${name}: ${key}`,
  goTo: "Go to item", outcomeIs: "Outcome:", block: "Building block:", shift: "Shift",
};

export const words = document.documentElement.lang === "en" ? en : da;
