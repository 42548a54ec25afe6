// The line to the others who write in the same text: what was written here is kept on the device until the server says
// that it has it, and what others wrote is merged with it, also after hours without a connection.
import * as Y from "yjs";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { AWARENESS, KEPT, STATE, SYNC, UPDATE, reader, written } from "./messages.mjs";

const SHORTEST = 500; const LONGEST = 10_000; // milliseconds until it is tried again
const LIMIT = 5000; // milliseconds without a word, after which a new line is tried
const PACKED = 50; // updates, after which those that wait are made one
const ENDS = { 4401: "login", 4403: "gone", 4409: "closed", 4415: "plain" };

const packed = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
const unpacked = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

/** A line for the document at `address`. `said` is called when something of `line` has changed. */
export class Line {
  constructor(address, key, said) {
    this.address = address.replace(/^http/, "ws");
    this.doc = new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.said = said;
    this.isInSync = false; // once: with what the server had
    this.isOpen = false;
    this.ends = ""; // why it will not be tried again
    this.waiting = []; // updates of this page that are not confirmed, each with the number that it was sent as
    this.waits = 0; // how many they are
    this.pause = SHORTEST;
    this.prefix = `together:${key}:`;
    this.own = this.prefix + crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.kept();
    this.doc.on("update", (update, origin) => { if (origin !== this) this.wrote(update); });
    this.awareness.on("update", ({ added, updated, removed }, origin) => {
      const own = [...added, ...updated, ...removed].filter((one) => one === this.doc.clientID);
      if (origin !== this && own.length) this.tellOfMe();
    });
    addEventListener("online", () => { this.pause = SHORTEST; this.connect(); });
    addEventListener("pagehide", () => removeAwarenessStates(this.awareness, [this.doc.clientID], "left"));
    this.connect();
  }

  /** What a page of the same person left on this device without an answer is here again. */
  kept() {
    this.found = [];
    for (let at = 0; at < localStorage.length; at += 1) {
      const name = localStorage.key(at);
      if (name.startsWith(this.prefix)) this.found.push(name);
    }
    for (const name of this.found) {
      try {
        const update = unpacked(localStorage.getItem(name));
        Y.applyUpdate(this.doc, update, this);
        this.waiting.push({ update, sent: 0 });
        this.waits += 1;
      } catch { localStorage.removeItem(name); } // no update of ours
    }
  }

  wrote(update) {
    const sent = this.isInSync && this.isOpen ? this.tell(update) : 0;
    this.waiting.push({ update, sent });
    this.waits += 1;
    if (this.waiting.length > PACKED) {
      const last = this.waiting.at(-1).sent;
      this.waiting = [{ update: Y.mergeUpdates(this.waiting.map((one) => one.update)), sent: last }];
    }
    this.keep();
    this.said();
  }

  keep() {
    try {
      if (this.waiting.length) {
        localStorage.setItem(this.own, packed(Y.mergeUpdates(this.waiting.map((one) => one.update))));
      } else {
        for (const name of [this.own, ...this.found]) localStorage.removeItem(name);
        this.found = [];
      }
      this.isFull = false;
    } catch { this.isFull = true; }
  }

  connect() {
    if (this.ends || this.socket) return;
    clearTimeout(this.again);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    let heard = setTimeout(() => socket.close(), LIMIT);
    this.sent = 0;
    socket.addEventListener("open", () => {
      this.send(SYNC, STATE, Y.encodeStateVector(this.doc));
    });
    socket.addEventListener("message", ({ data }) => {
      clearTimeout(heard);
      heard = 0;
      this.hear(reader(new Uint8Array(data)));
    });
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(heard);
      if (this.socket !== socket) return;
      this.socket = null;
      this.isOpen = false;
      this.ends ||= ENDS[code] ?? "";
      const others = [...this.awareness.getStates().keys()].filter((one) => one !== this.doc.clientID);
      removeAwarenessStates(this.awareness, others, this);
      if (!this.ends) {
        this.again = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
        this.pause = Math.min(this.pause * 2, LONGEST);
      }
      this.said();
    });
  }

  hear(told) {
    switch (told.number()) {
      case SYNC: {
        const what = told.number();
        const data = told.bytes();
        if (what === STATE) this.begin(data);
        else Y.applyUpdate(this.doc, data, this);
        break;
      }
      case AWARENESS: applyAwarenessUpdate(this.awareness, told.bytes(), this); break;
      case KEPT: {
        const count = told.number();
        this.waiting = this.waiting.filter((one) => !one.sent || one.sent > count);
        if (!this.waiting.length) this.waits = 0;
        else this.waits = Math.min(this.waits, this.waiting.length);
        if (!this.waits) this.savedAt = new Date();
        this.keep();
        break;
      }
      default:
    }
    this.said();
  }

  /** The server has told what it has: it gets what it misses, and from now on each update as it is written. */
  begin(state) {
    this.isOpen = true;
    this.isInSync = true;
    this.pause = SHORTEST;
    if (this.waiting.length) {
      const sent = this.tell(Y.encodeStateAsUpdate(this.doc, state));
      this.waiting.forEach((one) => { one.sent = sent; });
    }
    // Twice: the others may have been told that this page has left, which counts as one word more.
    for (let word = 0; word < 2; word += 1) this.awareness.setLocalState({ ...this.awareness.getLocalState() });
  }

  tell(update) {
    this.send(SYNC, UPDATE, update);
    this.sent += 1;
    return this.sent;
  }

  /** No more: the text is written in another way. */
  leave() {
    this.ends ||= "left";
    this.socket?.close();
  }

  tellOfMe() {
    if (this.isOpen && this.awareness.getLocalState()) this.send(AWARENESS, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
  }

  send(...parts) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(written(...parts));
  }
}
