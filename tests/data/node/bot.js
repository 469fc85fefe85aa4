// A Bolt app as its documents show it; only the address of the API is ours. It answers /treaty and posts once.
const { App, LogLevel, SocketModeReceiver } = require('@slack/bolt');

const clientOptions = { slackApiUrl: process.env.SLACK_API_URL };
const receiver = new SocketModeReceiver({
  appToken: process.env.SLACK_APP_TOKEN,
  clientPingTimeout: 1000, // also how long it waits before it connects again; five seconds by default
  logLevel: LogLevel.WARN,
  installerOptions: { clientOptions },
});
const app = new App({ token: process.env.SLACK_BOT_TOKEN, receiver, logLevel: LogLevel.WARN, clientOptions });

app.command('/treaty', async ({ command, ack, respond, client }) => {
  await ack();
  await respond(`You said ${command.text}`);
  await client.chat.postMessage({
    channel: command.channel_id,
    text: 'Norway ratifies',
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*Norway* ratifies' } }],
    metadata: { event_type: 'treatywatch_post', event_payload: { id: 'from-node' } },
    unfurl_links: false,
    unfurl_media: false,
  });
});

app.start().catch((error) => {
  console.error(error);
  process.exit(1);
});
