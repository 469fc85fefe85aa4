"""treatywatch: from a publisher's bytes to a message in a channel.

One program, one direction. An item's way:

    Feed ─fetch→ Fetched ─parse→ [Item] ─Store.news→ [new Item] ─classify→ [Match] ─tell→ [Story]
         ─route→ [Delivery] ─Store.keep (one transaction)

    Store.claim_channels→ [Owed] ─compose→ [Message] ─Chat.render→ payload ─Store.plan→ [Post]
         ─Store.begin, Chat.send→ Receipt ─Store.settle

Every module once; each imports only modules that stand above it (tests/test_map.py compares):

    ── nouns
    model.feeds                 Feed FeedState FeedFault Pace Move Fetched Item Document News Reading
    model.topics                Topic Match Evidence Act Coverage Story Telling Found
    model.treaty                Record Participant TreatyAct Doubt TreatyCount Deadline …
    model.messages              Message Group Entry Quote Limits Receipt
    model.channels              Channel Subscription Delivery Post Claim Status …
    model.pages                 Candidate Outline Tried
    model.forms                 Form fields: Choices Hour Lookup Place, Filled
    model.feedback              Press Feedback Judged
    model.commands              Command Answer Button Form Settings Change
    model                       all of them
    errors                      the tree of errors
    log                         events with fields, secrets struck out
    ── topics: is it about the convention, and what about it (all pure)
    topics.markup               HTML in a text, hidden without moving a character
    topics.text                 normalised words with their places in the original; sentences; links
    topics.names                a table of names in many languages, and where a text uses them
    topics.states               the states that a text names, in many languages
    topics.tail                 what a publisher puts under an article, left out
    topics.lines                JSON Lines → items, for `classify`; labelled ones, for `evaluate`
    topics.rules                a topic's phrases, all topics in one automaton
    topics.classify             an item and the rules → matches, each with the words that prove it
    topics.act_words            words for what a state does to a treaty
    topics.acts                 signature, ratification, accession … with state and sentence
    topics.why                  why an item is under its topics, or what it lacked for the nearest
    topics.evaluate             labelled items and the rules → precision, recall, and the misses
    topics.days                 the days that a text names
    topics.events               which act, by whom, about which treaty, as far as words tell
    topics.likeness             how surely two items tell the same event
    topics.pairs                whether two items tell one story
    topics.likely               those of many told items that may be of a new item's story
    topics.stories              which items of different feeds tell the same story
    topics.reuse                whether an item under a known key is another article
    topics.marks                what people said of stories → how often the rules are right, and labelled lines
    ── config           feeds.yaml and the environment → Config, or every fault with its line
    feeds.selectors             why a CSS selector cannot be used (pure); config needs it too
    config.words                what stands in feeds.yaml and what was meant, in the words of a fault
    config.values               what each kind of value in feeds.yaml may be
    config.schema               what may stand where in feeds.yaml
    config.places               where each value stands in the file, and what would be right instead
    config.environment          tokens, database and web address, or what is wrong with them
    config                      both together: text → Config
    ── feeds: from an address to items
    feeds.owner                 whose server an address is (pure)
    feeds.moves                 where a feed is asked, once it has said for days that it moved (pure)
    feeds.schedule              when a feed is next due (pure)
    feeds.standing              how a feed stands, in one word, and what can be done about it (pure)
    feeds.guard                 which addresses may be connected (pure)
    feeds.answers               what the status and the headers of an answer mean (pure)
    feeds.pages                 what a page is that stands where a feed should: a wall, or just a page (pure)
    feeds.turns                 who may ask now, and how much is held at once
    feeds.fetch                 one polite, conditional, bounded GET; knows the HTTP client
    feeds.decode                bytes → text (pure)
    feeds.plain                 HTML → plain text (pure)
    feeds.entry                 what every kind of document makes of one entry: limits, addresses, keys (pure)
    feeds.dates                 the day that a text names, in many languages (pure)
    feeds.pace                  what a document says of its own rhythm (pure)
    feeds.parse                 bytes and headers → a document (pure); the only file that knows feedparser
    feeds.jsonfeed              JSON Feed → a document (pure)
    feeds.page                  a page without a feed → a document, by CSS selectors (pure)
    feeds.discover              a page → where its feeds may be (pure)
    feeds.opml                  lists of feeds in and out (pure)
    feeds.read                  bytes and headers → a document, whatever kind of feed it is (pure)
    feeds.participants          which state the depositary means by a name (pure)
    feeds.treaty_page           the depositary's bytes → its texts and its table (pure)
    feeds.treaty                these → who has signed and who is bound, or why it is not to be believed (pure)
    feeds.treaty_acts           what is new in the record since it was last read, and how that is told (pure)
    feeds.treaty_rows           a record as JSON and back (pure)
    feeds.wire                  what parent and child say to each other (pure)
    feeds.reader                the child: reads what it is given, within its limits
    feeds.queue                 whose document is read next
    feeds.sandbox               the parent: children that read, and their limits of time
    ── delivery: from matches to messages (all pure)
    delivery.route              stories and subscriptions → deliveries, at once or kept for a digest; floods held back
    delivery.once               what a channel is owed, without what it was told already, and what muted outlets tell
    delivery.calendar           when a digest is due, and which hours are quiet
    delivery.instants           what is owed at once: one by one, in one message, later, or in the digest after all
    delivery.shelf              where a story stands among a channel's topics
    delivery.quote              the sentence that proves a match
    delivery.notes              what a message says beside its stories
    delivery.glance             the week in a line for each topic, with a small bar of eight weeks
    delivery.count              how many have signed and are bound, and what that means for the entry into force
    delivery.compose            deliveries → messages that fit a platform's limits
    delivery.sequels            how a message that stands is corrected, and what goes into its thread
    delivery.deadlines          which dates are told on a day, and how
    delivery.tidings            what channels are told of the feeds themselves
    ── store: what is known and what is due
    store.asking                what may be asked, as a protocol in our nouns
    store.wishing               what people change in chat, likewise
    store                       the Store protocol: all of it
    store.statements            SQL as named constants: feeds, items, stories
    store.statements_archive    what is found in the archive
    store.statements_channels   channels, subscriptions, pauses, the audit
    store.statements_feedback   what people say of stories, muted outlets
    store.statements_posts      deliveries, digests, posts
    store.statements_sequels    what is owed to messages that stand
    store.statements_restore    what stands in a channel after a backup was restored
    store.statements_old        what is too old
    store.rows                  rows → nouns and back
    store.feed_rows             how a feed stands, as a row and back
    store.post_rows             posts about to be planned, as nouns and as rows
    store.messages              a message as it was composed, as text and back
    store.records               units of work on the depositary's record
    store.audit                 what the audit says, in words
    store.locks                 who may run on it: one process for all duties, or several that share them out
    store.reserve               room kept beside the file, given up when its disk is full
    store.copies                whole copies of a database, consistent while it is written
    store.opening               the file: locks, check, migrations
    store.line                  the one thread that uses it, and the order in which it works
    store.channels              units of work on channels
    store.restoring             units of work after a backup was restored
    store.feedback              units of work on what people say of stories, and on muted outlets
    store.posts                 units of work on posts
    store.sequels               units of work on corrections and later coverage
    store.feeds                 units of work on feeds and items
    store.old                   units of work that take away what is too old
    store.reading               what may be asked beside a running bot
    store.outbox                what an operator may change beside it
    store.wishes                what people change in chat
    store.backup                a copy to keep elsewhere, made beside a running bot
    store.sqlite                one SQLite file, one writer thread
    ── chat: the platforms
    chat                        the Chat protocol
    chat.shown                  text from outside, made safe to show (pure)
    chat.addresses              where a link may lead, and what its label may say (pure)
    chat.fitting                a message in ever fewer words, until a platform takes it (pure)
    chat.lately                 what was noted lately, so much and no more (pure)
    chat.answering              answers by tasks of their own, whatever breaks, and an orderly end
    chat.terminal               no account needed: the screen is the channel
    chat.slack.elements         blocks and the elements in them (pure)
    chat.slack.buttons          buttons → Block Kit, and what one says that was pressed (pure)
    chat.slack.story            one story → Block Kit: how it reads, and its menu (pure)
    chat.slack.blocks           Message → Block Kit (pure)
    chat.slack.face             the looks alone, without slack-bolt
    chat.slack.answers          Answer → Block Kit (pure)
    chat.slack.forms            Form → a modal view, and what was filled in there (pure)
    chat.slack.home             Answer → the view of an App Home (pure)
    chat.slack.traces           a message of Slack's history → what of it is ours (pure)
    chat.slack.asked            what Slack sends us → what is asked (pure)
    chat.slack.verdict          what an error of Slack's means for us (pure)
    chat.slack.manifest         the app's manifest (pure)
    chat.slack.requests         one request to Slack, and what came of it
    chat.slack.people           zones of people, and who may change what a channel gets
    chat.slack.views            views opened and drawn anew
    chat.slack.homes            App Homes, kept up to date
    chat.slack.replies          what is asked → answered, by the way back that there is
    chat.slack.socket           Socket Mode that recovers: whatever comes in is acknowledged at once
    chat.slack.hearing          what comes in: acknowledged, handled once, answered
    chat.slack.app              slack-bolt and slack_sdk joined: send, find, listen
    chat.discord.marks          what stands hidden in a message of ours (pure)
    chat.discord.tree           the command as Discord is told of it, and its words (pure)
    chat.discord.embeds         Message → embeds and buttons (pure)
    chat.discord.face           the looks alone, without discord.py
    chat.discord.answers        Answer → messages for the asker alone (pure)
    chat.discord.forms          Form → modal, and what was filled in (pure)
    chat.discord.people         who may change what, by Discord's own permissions (pure)
    chat.discord.verdict        what an error of Discord's means for us (pure)
    chat.discord.requests       requests to Discord's methods, and what came of each
    chat.discord.sending        messages into a channel or a thread, each with its nonce
    chat.discord.gateway        the gateway, as long as it is wanted
    chat.discord.hearing        what comes in, answered in time
    chat.discord.app            discord.py joined: send, find, listen
    ── work: the deeds; these know protocols only
    work.health                 what makes a running bot unhealthy (pure)
    work.clock                  what time it is, and waiting for another
    work.tally                  what this process has done, counted for /metrics
    work.teller                 what feeds have brought → stories, told, routed and kept, many feeds together
    work.sources                where a feed's bytes come from and what is made of them, as protocols
    work.registry               the depositary's record, once: what is new in it, believed only if told twice
    work.watch                  one feed, once: fetch, parse, find what is new, classify; the teller does the rest
    work.editor                 what a channel's messages are made from
    work.plan                   what is due in a claimed channel → posts on disk: composed, rendered, not sent
    work.post                   one channel, once: send, settle, or plan; look again after a crash
    work.restore                after a backup was put in place: what the channels were told since
    work.replay                 what changed rules would make of the stored items
    work.commands.times         hours and ends of pauses as people type them (pure)
    work.commands.zones         time zones as people type them, and as they look for one (pure)
    work.commands.wanted        what people want who type or fill in
    work.commands.typed         what was typed, word by word (pure)
    work.commands.words         the words after /treaty → what is wanted (pure)
    work.commands.standing      how a channel stands, in words (pure)
    work.commands.plans         what a wish changes in a channel, and how that is said (pure)
    work.commands.forms         a channel → a form, and what was filled in → what is wanted, or its faults (pure)
    work.commands.views         how a channel stands, read from the store
    work.commands.lists         help, latest, search, topics, digest, treaty, feeds
    work.commands.reasons       why
    work.commands.filling       the form of a bare subscribe, with a preview
    work.commands.bounds        how much may be subscribed
    work.commands.wishes        subscribe, unsubscribe, pause, resume
    work.commands.mutes         mute, unmute
    work.commands.opinions      relevant, not relevant
    work.commands.home          a page of a person's own, and how to begin
    work.commands               a command → its answer, the same on every platform
    work.find                   the feeds of a site: where they may be, each asked
    work.deadlines              tells dates before they come, each time once
    work.herald                 tells the channels of the feeds themselves, each thing once
    work.sweep                  drops what is older than is wanted, a little at a time
    work.reads                  keeps many readings going, claimed in batches
    work.worker                 claims what is due and does it, under one TaskGroup
    ── doors
    web                         /healthz and /metrics
    ways                        the ways to the platforms: which there are, each opened with its tokens
    app                         the one place that names concrete back ends and joins them
    demo.recordings             what the demo's outlets serve, first without and then with their newest items
    demo.play                   serves them on loopback to the very same app, and turns its clock
    show                        records as lines on a screen or in a pipe
    show_judging                the same for what is judged: tables, misses, reasons, what people marked
    show_status                 how the whole stands
    show_finding                what is found at an address, and what the selectors of a page catch
    cli.options                 what all commands share
    cli.printing                what cannot be printed
    cli.doing                   demo run check poll migrate
    cli.asking                  latest search digest treaty feeds status health
    cli.finding                 feeds find, import, export
    cli.judging                 classify evaluate replay why feedback
    cli.operating               outbox audit backup manifest
    cli                         the command line
    __main__                    python -m bot
"""
