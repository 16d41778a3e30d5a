// Numbers in words and figures.

const THIN = "\u202f";

/** 0.714 as "71 %". */
export const percent = (share) => `${Math.round(share * 100)}${THIN}%`;

/** Seconds as "0:03.2", from one hour on as "1:02:03". */
export function clock(seconds) {
  if (seconds >= 3600) {
    const whole = Math.floor(seconds);
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${Math.floor(tenths / 600)}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}

/** Seconds as people say them: "12.4 s", "3 min 20 s". */
export function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)}${THIN}s`;
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return rest ? `${minutes}${THIN}min ${rest}${THIN}s` : `${minutes}${THIN}min`;
}

/** "a, b and c". */
export const list = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

/** "1 stretch", "3 stretches". */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** "62 %, ahead of fear with 20 %": how sure a result is, and what else it could be, unless that is very unlikely. */
export function certainty({ label, confidence, probabilities }) {
  const [second] = Object.entries(probabilities).filter(([name]) => name !== label).sort((a, b) => b[1] - a[1]);
  return second && second[1] >= 0.05 ? `${percent(confidence)}, ahead of ${second[0]} with ${percent(second[1])}` : percent(confidence);
}

const two = (number) => String(number).padStart(2, "0");
