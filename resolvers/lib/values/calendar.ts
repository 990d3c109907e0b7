const longMonths = ['01', '03', '05', '07', '08', '10', '12'];

/** Whether there is such a day, given as YYYY-MM-DD in digits. */
export function isCalendarDate(date: string): boolean {
  const year = date.slice(0, 4);
  const month = date.slice(5, 7);
  const day = date.slice(8, 10);
  const leap = +year % 4 === 0 && (+year % 100 !== 0 || +year % 400 === 0);
  const shortest = leap ? 29 : 28;
  const others = longMonths.indexOf(month) >= 0 ? 31 : 30;
  const days = month === '02' ? shortest : others;
  return +month >= 1 && +month <= 12 && +day >= 1 && +day <= days;
}
