// A CSV file that the reader chooses: read here, in slices, and sent nowhere. Two columns of numbers and a label.
"use strict";

(() => {
  const SLICE = 65536; // bytes
  const [LARGEST, MOST_ROWS] = [200e6, Circles.state.MOST_POINTS];
  const FEWEST = 4; // rows of a label
  const quoted = (name) => `“${name.slice(0, 20)}”`;

  const OPEN = /(?:^|[,;\t])\s*"(?:[^"]|"")*$/; // a quotation mark that the line does not close
  const NO_NAME = /^(Unnamed: \d+)?$/; // pandas writes the numbers of rows below it

  // In quotation marks a cell may hold separators, ends of lines and, doubled, quotation marks.
  function cells(line, separator) {
    if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
    const mark = `\\u${separator.charCodeAt(0).toString(16).padStart(4, "0")}`;
    const pattern = new RegExp(`${mark}(?: *"((?:[^"]|"")*)" *(?=${mark}|$)|([^${mark}]*))`, "g");
    return [...(separator + line).matchAll(pattern)].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain).trim());
  }

  const LARGEST_NUMBER = 1e12; // beyond it squares and sums lose their digits

  function toNumber(text, decimal) {
    const found = text === "" || text === undefined ? NaN : Number(decimal === "," ? text.replace(",", ".") : text);
    return Math.abs(found) < LARGEST_NUMBER ? found : NaN;
  }

  // Rows one by one; of more than a figure shows, as many of them by chance.
  class Reader {
    constructor() {
      this.rows = [];
      this.columns = null; // of the two numbers and the label
      this.said = ""; // which these are, where there are others
      this.open = ""; // the begin of a row that goes on in the next line
      this.counts = { rows: 0, left: 0 };
      this.labels = new Map();
      this.chance = Circles.generator(0, 4);
    }

    // The first line says the separator, and what the columns are called unless it has numbers.
    begin(line) {
      const marks = [";", "\t", ","];
      const [, said] = line.match(/^sep=(.)$/i) ?? []; // as Excel says it
      if (said) {
        this.separator = said;
        return "";
      }
      this.separator ??= marks.reduce((best, mark) => (line.split(mark).length > line.split(best).length ? mark : best));
      this.decimal = this.separator === "," ? "." : ",";
      const found = cells(line, this.separator);
      while (found.at(-1) === "") found.pop();
      const hasNames = found.slice(0, 2).every((cell) => Number.isNaN(toNumber(cell, this.decimal)));
      const columns = [...found.keys()].filter((at) => !hasNames || !NO_NAME.test(found[at]));
      if (columns.length < 3) return "Each row needs two numbers and a label, separated by commas, semicolons or tabs.";
      this.columns = [columns[0], columns[1], columns.at(-1)];
      if (columns.length > 3) {
        const [x, y, label] = this.columns.map((at) => (hasNames ? quoted(found[at]) : at + 1));
        this.said = `of its columns ${x} and ${y} are the numbers and ${label} is the label`;
      }
      return hasNames ? "" : this.add(line);
    }

    add(line) {
      const all = cells(line, this.separator);
      const found = this.columns.map((at) => all[at] ?? "");
      const [x, y] = found.slice(0, 2).map((cell) => toNumber(cell, this.decimal));
      const label = found[2];
      this.counts.rows += 1;
      if (!Number.isFinite(x) || !Number.isFinite(y) || !label || /^nan?$/i.test(label)) {
        this.counts.left += 1;
        this.example ??= found.join(", ").slice(0, 40);
        return "";
      }
      this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
      if (this.labels.size > 2) {
        const some = [...this.labels.keys()].map(quoted).join(", ");
        return `The last column has more than two labels (${some} …). This figure tells two apart; circles.toml takes up to six.`;
      }
      const kept = this.counts.rows - this.counts.left;
      if (kept <= MOST_ROWS) this.rows.push([x, y, label]);
      else {
        const place = this.chance.below(kept - 1);
        if (place < MOST_ROWS) this.rows[place] = [x, y, label];
      }
      return "";
    }

    line(text, isLast = false) {
      const whole = this.open ? `${this.open}\n${text}` : text;
      this.open = !isLast && whole.length < SLICE && whole.includes('"') && OPEN.test(whole) ? whole : "";
      if (this.open || !whole.trim() || whole.startsWith("#")) return "";
      return this.columns ? this.add(whole) : this.begin(whole.replace(/^\ufeff/, ""));
    }

    result() {
      const { rows, left } = this.counts;
      if (!rows) return { problem: "There are no rows in it." };
      if (left === rows) return { problem: `No row has two numbers and a label. The first one read: ${this.example}.` };
      const without = left ? ` ${left.toLocaleString("en")} of ${rows.toLocaleString("en")} rows have no two numbers and a label.` : "";
      if (this.labels.size < 2) return { problem: `All rows have the label ${quoted([...this.labels.keys()][0])}. Two labels are needed.${without}` };
      const rare = [...this.labels].find(([, count]) => count < FEWEST);
      if (rare) return { problem: `The label ${quoted(rare[0])} stands in ${rare[1]} of the rows; at least ${FEWEST} are needed.` };
      const names = [...this.labels.keys()].sort((one, other) => (one - other || (one < other ? -1 : 1)));
      const numbers = (at) => this.rows.map((row) => row[at]);
      const found = { x: numbers(0), y: numbers(1), label: this.rows.map((row) => names.indexOf(row[2])), names };
      const words = [`${rows.toLocaleString("en")} rows`];
      if (this.said) words.push(this.said);
      if (left) words.push(`${left.toLocaleString("en")} without two numbers and a label are left out`);
      if (rows - left > MOST_ROWS) words.push(`${MOST_ROWS.toLocaleString("en")} of them, drawn by chance, are used`);
      return { table: found, words: `${words.join("; ")}.` };
    }
  }

  // { table, words }, or { problem }; `progress` is told the share that is read, and returns whether to go on.
  async function read(file, progress = () => true) {
    if (file.size > LARGEST) return { problem: `It has ${Math.round(file.size / 1e6)} MB; a page reads at most ${LARGEST / 1e6}.` };
    const reader = new Reader();
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer()); // a mark of UTF-16
    const decoder = new TextDecoder(first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8");
    let rest = "";
    for (let at = 0; at < file.size; at += SLICE) {
      const bytes = await file.slice(at, at + SLICE).arrayBuffer();
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
      rest = lines.pop();
      if (rest.length > SLICE) return { problem: "It has a line without an end: it is no CSV file." };
      for (const line of lines) {
        const problem = reader.line(line);
        if (problem) return { problem };
      }
      if (!progress(Math.min(1, (at + SLICE) / file.size))) return { problem: "It was not read to the end." };
      await new Promise((go) => { setTimeout(go); });
    }
    const problem = reader.line(rest, true);
    return problem ? { problem } : reader.result();
  }

  Circles.table = { read };
})();
