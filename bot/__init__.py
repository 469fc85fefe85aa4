"""treatywatch: from a publisher's bytes to a message in a channel.

One program, one direction. An item's way:

    Feed ─fetch→ Fetched ─parse→ [Item] ─Store.unseen→ [new Item] ─classify→ [Match] ─tell→ [Story]
         ─route→ [Delivery] ─Store.keep (one transaction)

    Store.claim_channel→ [Owed] ─compose→ [Message] ─Chat.render→ payload ─Store.plan→ [Post]
         ─Store.begin, Chat.send→ Receipt ─Store.settle

Every module once; each imports only modules that stand above it (tests/test_map.py compares):

    ── nouns
    model.feeds         Feed FeedState Fetched Item Reading
    model.topics        Topic Match Evidence Coverage Story Found
    model.channels      Channel Subscription Delivery Post Claim Status …
    model.messages      Message Group Entry Quote Limits Receipt
    model               all of them
    errors              the tree of errors
    log                 events with fields, secrets struck out
    ── topics: is it about the convention, and what about it (all pure)
    topics.text         normalised words with their places in the original; sentences; links
    topics.lines        JSON Lines → items, for `classify`
    topics.rules        a topic's phrases, all topics in one automaton
    topics.classify     an item and the rules → matches, each with the words that prove it
    topics.stories      which items of different feeds tell the same story
    ── config           feeds.yaml and the environment → Config, or every fault with its line
    config.schema       what may stand where in feeds.yaml
    config.places       where each value stands in the file, and what would be right instead
    config              both together: text → Config
    ── feeds: from an address to items
    feeds.schedule      when a feed is next due (pure)
    feeds.guard         which addresses may be connected (pure)
    feeds.fetch         one polite, conditional, bounded GET; the only file that knows the HTTP client
    feeds.parse         bytes and headers → items (pure); the only file that knows feedparser
    feeds.sandbox       runs parse in child processes with a time and a memory limit
    ── delivery: from matches to messages (all pure)
    delivery.route      stories and subscriptions → deliveries, at once or kept for a digest
    delivery.calendar   when a digest is due
    delivery.shelf      where a story stands among a channel's topics
    delivery.quote      the sentence that proves a match
    delivery.notes      what a message says beside its stories
    delivery.compose    deliveries → messages that fit a platform's limits
    ── store: what is known and what is due
    store               the Store protocol, in our nouns
    store.statements    SQL as named constants
    store.rows          rows → nouns and back
    store.opening       the file: lock, check, migrations
    store.reading       what may be asked beside a running bot
    store.sqlite        one SQLite file, one writer thread
    ── chat: the platforms
    chat                the Chat protocol
    chat.terminal       no account needed: the screen is the channel
    ── work: the deeds; these know protocols only
    work.health         what makes a running bot unhealthy (pure)
    work.clock          what time it is, and waiting for another
    work.watch          one feed, once: fetch, parse, find what is new, classify, tell, route, keep
    work.post           one channel, once: compose, render, send, settle; look again after a crash
    work.worker         claims what is due and does it, under one TaskGroup
    ── doors
    web                 /healthz and /metrics
    app                 the one place that names concrete back ends and joins them
    demo.recordings     what the demo's outlets serve, first without and then with their newest items
    demo.play           serves them on loopback to the very same app, and turns its clock
    show                records as lines on a screen or in a pipe
    cli.options         what all commands share
    cli.doing           demo run check poll classify migrate
    cli.asking          latest search digest feeds status health
    cli                 the command line
    __main__            python -m bot
"""
