// The official Node client, as it is, against a sandbox: the quick start, every public
// method, and what it gets wrong. Reads on stdin what the sandbox's process says when it is
// ready, and the codes that two people's consent gave; prints what came of each call as one
// JSON object. Nothing about the client is changed but the host that it sends to.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Cronofy from 'cronofy';

const ready = JSON.parse(await text(process.stdin));
const credentials = { client_id: ready.client_id, client_secret: ready.client_secret };
const [amelia, ben, clara] = ready.accounts;
const BACK = 'https://app.example.com/back';

function pointedAt(url, config) {
  const client = new Cronofy(config);
  client.urls.api = url;
  return client;
}

const connect = (config) => pointedAt(ready.api_url, { ...credentials, ...config });
const of = (account) => connect({ access_token: account.access_token });

// What the sandbox can be told besides the API.
async function command(name, parameters) {
  const answer = await fetch(`${ready.api_url}/_sandbox/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify(parameters),
  });
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).result;
}

// A server that keeps what it gets and answers each request with what it was given, then 200.
async function listening(...answers) {
  const seen = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    const got = { url: request.url, headers: request.headers, body: await text(request) };
    const { status = 200, body } = answers.shift() ?? {};
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
    waiting.length > 0 ? waiting.shift()(got) : seen.push(got);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const next = () =>
    seen.length > 0
      ? Promise.resolve(seen.shift())
      : new Promise((resolve) => waiting.push(resolve));
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { url, next, close };
}

async function whileListening(answers, work) {
  const server = await listening(...answers);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

// Next Monday at 9 in UTC, and hours from there on, in whole seconds.
const monday = new Date();
monday.setUTCDate(monday.getUTCDate() + 7 - ((monday.getUTCDay() + 6) % 7));
monday.setUTCHours(9, 0, 0, 0);
const at = (hours) =>
  new Date(monday.getTime() + hours * 3600000).toISOString().replace('.000Z', 'Z');
const day = (days) => at(24 * days).slice(0, 10);

const calendarOf = (account) => account.calendars[0].calendar_id;
const event = (changes) => ({
  event_id: 'e1',
  summary: 'Talk',
  description: 'About that',
  start: at(0),
  end: at(1),
  tzid: 'Europe/London',
  ...changes,
});
const group = (account) => ({
  members: [{ sub: account.sub, calendar_ids: [calendarOf(account)] }],
  required: 'all',
});
const query = (account, changes) => ({
  participants: [group(account)],
  required_duration: { minutes: 60 },
  query_periods: [{ start: at(0), end: at(8) }],
  ...changes,
});
const targets = (account) => [{ sub: account.sub, calendar_id: calendarOf(account) }];
const template = { event_id: 'e-link', summary: 'Talk', tzid: 'Europe/London' };
const rule = {
  availability_rule_id: 'hours',
  tzid: 'Europe/London',
  weekly_periods: [{ day: 'monday', start_time: '09:00', end_time: '17:00' }],
};
const period = (id) => ({ available_period_id: id, start: at(0), end: at(8) });
const invite = {
  smart_invite_id: 'i1',
  recipient: { email: 'kai@example.com' },
  event: { summary: 'Talk', start: at(0), end: at(1), tzid: 'Europe/London' },
  callback_url: 'https://app.example.com/replied',
};
const booking = {
  bookable_event_id: 'b1',
  start: at(0),
  end: at(2),
  status: 'confirmed',
  registration: { capacity: 2 },
};

async function everyPage(read) {
  const pages = [await read({})];
  while (pages.at(-1).pages.next_page) {
    pages.push(await read({ next_page: pages.at(-1).pages.next_page }));
  }
  return pages;
}

async function external(account, hours, changes) {
  return command('create_event', {
    calendar_id: calendarOf(account),
    summary: 'Private',
    start: at(hours),
    end: at(hours + 1),
    ...changes,
  });
}

// Somebody who lets the application act on behalf of those who share their calendars.
let delegate;
async function delegating() {
  if (delegate === undefined) {
    const client = connect({});
    await client.requestAccessToken({ code: ready.delegating_code, redirect_uri: BACK });
    const { profiles } = await client.profileInformation();
    delegate = { client, profile_id: profiles[0].profile_id };
  }
  return delegate;
}

const quickStart = {
  async whole() {
    const cronofy = connect({});
    const tokens = await cronofy.requestAccessToken({ code: ready.code, redirect_uri: BACK });
    const { sub } = await cronofy.accountInformation();
    const { calendars } = await cronofy.listCalendars();
    const calendar_id = calendars.find((each) => !each.calendar_readonly).calendar_id;
    const { available_slots } = await cronofy.availability({
      ...query({ sub, calendars: [{ calendar_id }] }),
      response_format: 'slots',
    });
    const { start, end } = available_slots[0];
    await cronofy.createEvent(event({ calendar_id, event_id: 'first', start, end }));
    const { events } = await cronofy.readEvents({ tzid: 'Etc/UTC', only_managed: true });
    return whileListening([], async (receiver) => {
      const heard = async () => {
        const { headers, body } = await receiver.next();
        const hmac = headers['cronofy-hmac-sha256'];
        const signed = cronofy.hmacValid({ hmac, body });
        return { ...JSON.parse(body).notification, signed };
      };
      const { channel } = await cronofy.createNotificationChannel({ callback_url: receiver.url });
      const notified = [await heard()];
      await external(amelia, 3, { calendar_id });
      await command('advance', { seconds: 2 });
      notified.push(await heard());
      const changed = await cronofy.readEvents({
        tzid: 'Etc/UTC',
        last_modified: notified[1].changes_since,
      });
      // The calls below find the account as it was.
      await cronofy.deleteNotificationChannel({ channel_id: channel.channel_id });
      await cronofy.bulkDeleteEvents({ delete_all: true });
      return {
        told: tokens.sub,
        sub,
        calendars: calendars.length,
        slot: { start, end },
        events,
        notified,
        changed: changed.events.map((each) => each.summary),
      };
    });
  },
};

// Under the name of each public method: what comes of calling it.
const calls = {
  accountInformation: () => of(amelia).accountInformation(),
  userInfo: () => of(amelia).userInfo(),
  profileInformation: () => of(amelia).profileInformation(),
  listCalendars: () => of(amelia).listCalendars(),
  async createCalendar() {
    const profile_id = amelia.calendars[0].profile_id;
    return of(amelia).createCalendar({ profile_id, name: 'New' });
  },
  async requestAccessToken() {
    const code = await command('authorize', { sub: ben.sub, redirect_uri: BACK });
    // A client that was somebody's already sends its refresh token too.
    const client = connect({ refresh_token: ben.refresh_token });
    const answer = await client.requestAccessToken({ code, redirect_uri: BACK });
    return { answer, kept: client.config.access_token === answer.access_token };
  },
  async refreshAccessToken() {
    const client = connect({ refresh_token: ben.refresh_token });
    const answer = await client.refreshAccessToken();
    return { answer, account: await client.accountInformation() };
  },
  async revokeAuthorization() {
    const tokens = await command('grant', { sub: ben.sub });
    const client = connect(tokens);
    await client.revokeAuthorization();
    const left = Object.keys(client.config);
    return { left, after: await outcome(() => of(tokens).accountInformation()) };
  },
  async revokeProfileAuthorization() {
    const client = connect(await command('grant', { sub: ben.sub }));
    const profile_id = ben.calendars[0].profile_id;
    const answer = await client.revokeProfileAuthorization({ profile_id });
    return { answer, profile_id, profiles: await client.profileInformation() };
  },
  async applicationCalendar() {
    const client = connect({});
    const answer = await client.applicationCalendar({ application_calendar_id: 'room' });
    return { answer, calendars: await client.listCalendars() };
  },
  async elevatedPermissions() {
    const wanted = { calendar_id: calendarOf(amelia), permission_level: 'unrestricted' };
    return of(amelia).elevatedPermissions({ permissions: [wanted], redirect_uri: BACK });
  },
  conferencingServiceAuthorizations: () =>
    of(amelia).conferencingServiceAuthorizations({ redirect_uri: BACK, provider_name: 'zoom' }),
  requestElementToken: () =>
    connect({}).requestElementToken({
      permissions: ['agenda'],
      subs: [amelia.sub],
      origin: 'https://app.example.com',
    }),

  async createEvent() {
    const client = of(amelia);
    const answer = await client.createEvent(event({ calendar_id: calendarOf(amelia) }));
    const found = await client.readEvents({ tzid: 'Etc/UTC', only_managed: true });
    return { answer, events: found.events };
  },
  async readEvents() {
    const window = { tzid: 'Europe/London', from: day(-30), to: day(60) };
    return everyPage((further) =>
      of(amelia).readEvents({ ...window, include_managed: true, localized_times: true, ...further }),
    );
  },
  freeBusy: () =>
    everyPage((further) =>
      of(amelia).freeBusy({ tzid: 'Etc/UTC', calendar_ids: [calendarOf(amelia)], ...further }),
    ),
  async deleteEvent() {
    const client = of(amelia);
    const calendar_id = calendarOf(amelia);
    await client.createEvent(event({ calendar_id, event_id: 'gone' }));
    const answer = await client.deleteEvent({ calendar_id, event_id: 'gone' });
    const found = await client.readEvents({ tzid: 'Etc/UTC', only_managed: true });
    return { answer, ids: found.events.map((each) => each.event_id) };
  },
  async bulkDeleteEvents() {
    const client = of(amelia);
    const calendar_id = calendarOf(amelia);
    await client.createEvent(event({ calendar_id, event_id: 'gone' }));
    const answers = [await client.bulkDeleteEvents({ calendar_ids: [calendar_id] })];
    await client.createEvent(event({ calendar_id, event_id: 'gone' }));
    answers.push(await client.bulkDeleteEvents({ delete_all: true }));
    return { answers, ...(await client.readEvents({ tzid: 'Etc/UTC', only_managed: true })) };
  },
  async updateExternalEvent() {
    const calendar_id = calendarOf(amelia);
    await command('unrestrict', { calendar_id });
    const event_uid = await external(amelia, 4);
    const { event_id, ...details } = event({ summary: 'Changed' });
    await of(amelia).updateExternalEvent({ calendar_id, event_uid, ...details });
    const found = await of(amelia).readEvents({ tzid: 'Etc/UTC', from: day(0), to: day(1) });
    return found.events.find((each) => each.event_uid === event_uid);
  },
  async deleteExternalEvent() {
    const calendar_id = calendarOf(amelia);
    await command('unrestrict', { calendar_id });
    const event_uid = await external(amelia, 4);
    const answer = await of(amelia).deleteExternalEvent({ calendar_id, event_uid });
    const found = await of(amelia).readEvents({
      tzid: 'Etc/UTC',
      from: day(0),
      to: day(1),
      include_deleted: true,
    });
    return { answer, event: found.events.find((each) => each.event_uid === event_uid) };
  },
  async batch() {
    const relative_url = `/v1/calendars/${calendarOf(amelia)}/events`;
    return of(amelia).batch({
      batch: [
        { method: 'POST', relative_url, data: event({ event_id: 'batched' }) },
        { method: 'DELETE', relative_url, data: { event_id: 'batched' } },
        { method: 'POST', relative_url, data: { event_id: 'wrong' } },
      ],
    });
  },

  createNotificationChannel: () =>
    whileListening([], async (receiver) => {
      const filters = { calendar_ids: [calendarOf(amelia)], only_managed: true };
      const answer = await of(amelia).createNotificationChannel({
        callback_url: receiver.url,
        filters,
      });
      return { filters, answer, notified: JSON.parse((await receiver.next()).body) };
    }),
  listNotificationChannels: () => of(amelia).listNotificationChannels(),
  async deleteNotificationChannel() {
    const [{ channel_id }] = (await of(amelia).listNotificationChannels()).channels;
    const answer = await of(amelia).deleteNotificationChannel({ channel_id });
    return { answer, ...(await of(amelia).listNotificationChannels()) };
  },
  hmacValid: () => {
    const body = '{"example":"well-known"}';
    // The reference's vector.
    const client = new Cronofy({ client_secret: 'pDY0Oi7TJSP2hfNmZNkm5' });
    const hmac = '6r2/HjBkqymGegX0wOfifieeUXbbHwtV/LohHS+jv6c=';
    const valid = (given) => client.hmacValid({ hmac: given, body });
    return [valid(hmac), valid(`x,${hmac}`), valid('x'), valid('')];
  },

  availability: () => of(amelia).availability(query(amelia)),
  sequencedAvailability: () => {
    const step = (sequence_id, ordinal) => {
      const { query_periods, ...shape } = query(amelia);
      return { sequence_id, ordinal, ...shape };
    };
    return of(amelia).sequencedAvailability({
      sequence: [step('first', 1), step('second', 2)],
      query_periods: query(amelia).query_periods,
    });
  },
  upsertAvailabilityRule: () => of(amelia).upsertAvailabilityRule(rule),
  listAvailabilityRules: () => of(amelia).listAvailabilityRules(),
  readAvailabilityRule: () => of(amelia).readAvailabilityRule({ availability_rule_id: 'hours' }),
  async deleteAvailabilityRule() {
    const answer = await of(amelia).deleteAvailabilityRule({ availability_rule_id: 'hours' });
    return { answer, ...(await of(amelia).listAvailabilityRules()) };
  },
  upsertAvailablePeriod: () => of(amelia).upsertAvailablePeriod(period('p1')),
  listAvailablePeriods: () => everyPage((further) => of(amelia).listAvailablePeriods(further)),
  async deleteAvailablePeriods() {
    await of(amelia).upsertAvailablePeriod(period('p2'));
    const answers = [await of(amelia).deleteAvailablePeriods({ available_period_id: 'p1' })];
    const left = (await of(amelia).listAvailablePeriods()).available_periods;
    answers.push(await of(amelia).deleteAvailablePeriods({ delete_all: true }));
    return { answers, left, ...(await of(amelia).listAvailablePeriods()) };
  },

  realTimeScheduling: () =>
    connect({}).realTimeScheduling({
      oauth: { redirect_uri: BACK },
      event: template,
      availability: query(amelia),
      target_calendars: targets(amelia),
    }),
  realTimeSequencing: () => {
    const { query_periods, ...shape } = query(amelia);
    return connect({}).realTimeSequencing({
      oauth: { redirect_uri: BACK },
      event: template,
      availability: {
        sequence: [{ sequence_id: 'only', event: template, ...shape }],
        query_periods,
      },
      target_calendars: targets(amelia),
    });
  },
  addToCalendar: () =>
    connect({}).addToCalendar({
      oauth: { redirect_uri: BACK, scope: 'create_event' },
      event: event({}),
    }),

  createSmartInvite: () => connect({}).createSmartInvite(invite),
  getSmartInvite: () =>
    connect({}).getSmartInvite({ smart_invite_id: 'i1', recipient_email: 'kai@example.com' }),
  cancelSmartInvite: () =>
    connect({}).cancelSmartInvite({
      smart_invite_id: 'i1',
      recipient: { email: 'kai@example.com' },
    }),
  createBookableEvent: () => connect({}).createBookableEvent(booking),
  readBookableEvents: () => connect({}).readBookableEvents({ bookable_event_id: 'b1' }),
  upsertRegistrationBookableEvent: () =>
    connect({}).upsertRegistrationBookableEvent({
      bookable_event_id: 'b1',
      registration_id: 'r1',
      status: 'accepted',
    }),
  deleteRegistrationBookableEvent: () =>
    connect({}).deleteRegistrationBookableEvent({
      bookable_event_id: 'b1',
      registration_id: 'r1',
    }),

  authorizeWithServiceAccount: () =>
    whileListening([], async (receiver) => {
      const domain = await command('grant_domain', {
        domain: 'example.com',
        scope: 'service_account/accounts/manage',
        delegated_scope: 'read_write',
      });
      const answer = await of(domain).authorizeWithServiceAccount({
        email: 'amelia.hart@example.com',
        callback_url: receiver.url,
        scope: 'read_write',
        state: 's-2',
      });
      await command('advance', { seconds: 5 });
      return { answer, told: JSON.parse((await receiver.next()).body) };
    }),
  async listAccessibleCalendars() {
    const { client, profile_id } = await delegating();
    return client.listAccessibleCalendars({ profile_id });
  },
  async delegatedAuthorizations() {
    const { client, profile_id } = await delegating();
    return whileListening([], async (receiver) => {
      const answer = await client.delegatedAuthorizations({
        profile_id,
        email: 'board.room@example.com',
        callback_url: receiver.url,
        scope: 'read_only',
        state: 's-3',
      });
      await command('advance', { seconds: 5 });
      return { answer, told: JSON.parse((await receiver.next()).body) };
    });
  },
};

// What the client gets wrong.
const defects = {
  tokenToAnyHost: () =>
    whileListening([{ body: { pages: { current: 2, total: 2 }, events: [] } }], async (other) => {
      await of(amelia).readEvents({ next_page: `${other.url}/v1/events/pages/2` });
      return (await other.next()).headers.authorization === `Bearer ${amelia.access_token}`;
    }),
  secretInUrl: () =>
    whileListening([{ body: {} }], async (other) => {
      await pointedAt(other.url, credentials).readBookableEvents({ bookable_event_id: 'b1' });
      return (await other.next()).url.includes(encodeURIComponent(ready.client_secret));
    }),
  bearerUndefined: () =>
    whileListening([{ body: {} }], async (other) => {
      await pointedAt(other.url, credentials).addToCalendar({ event: event({}) });
      return (await other.next()).headers.authorization;
    }),
  pathsUnescaped: () =>
    whileListening([{ body: {} }], async (other) => {
      const client = pointedAt(other.url, { access_token: 't' });
      await client.deleteEvent({ calendar_id: '../account?x=', event_id: 'e1' });
      return (await other.next()).url;
    }),
  refreshTokenForgotten: () =>
    whileListening([{ body: { access_token: 'new' } }], async (other) => {
      const client = pointedAt(other.url, { ...credentials, refresh_token: 'old' });
      await client.refreshAccessToken();
      return client.config.refresh_token ?? null;
    }),
  headersLost: () =>
    whileListening([{ status: 429, body: {} }], async (other) => {
      const client = pointedAt(other.url, { access_token: 't' });
      const error = await client.accountInformation().catch((caught) => caught);
      return { status: error.statusCode, response: error.response ?? null };
    }),
  millisecondsSent: () => outcome(() => {
    const start = new Date(monday.getTime() + 1);
    const changes = { calendar_id: calendarOf(amelia), start };
    return of(amelia).createEvent(event(changes));
  }),
  spaceInSignature: () => {
    const client = new Cronofy({ client_secret: 'pDY0Oi7TJSP2hfNmZNkm5' });
    const hmac = 'x, 6r2/HjBkqymGegX0wOfifieeUXbbHwtV/LohHS+jv6c=';
    return client.hmacValid({ hmac, body: '{"example":"well-known"}' });
  },
  async tokenNotRenewed() {
    const client = connect(await command('grant', { sub: clara.sub }));
    await command('advance', { seconds: 4000 });
    return outcome(() => client.accountInformation());
  },
};

async function outcome(call) {
  try {
    // The body of a 202 is an empty text.
    return { value: (await call()) ?? null };
  } catch (error) {
    return { status: error.statusCode ?? null, error: error.error?.entity ?? String(error) };
  }
}

async function outcomes(table) {
  const found = {};
  for (const [name, call] of Object.entries(table)) found[name] = await outcome(call);
  return found;
}

const report = {
  methods: Object.keys(Cronofy.prototype).filter((name) => !name.startsWith('_')),
  at: { start: at(0), end: at(1) },
  quickStart: await outcomes(quickStart),
  calls: await outcomes(calls),
  defects: await outcomes(defects),
};
process.stdout.write(JSON.stringify(report));
