"""treatywatch: from a publisher's bytes to a message in a channel.

One program, one direction. An item's way:

    Feed ─fetch→ Fetched ─parse→ [Item] ─Store.unseen→ [new Item] ─classify→ [Match] ─tell→ [Story]
         ─route→ [Delivery] ─Store.keep (one transaction)

    Store.claim_channel→ [Owed] ─compose→ [Message] ─Chat.render→ payload ─Store.plan→ [Post]
         ─Store.begin, Chat.send→ Receipt ─Store.settle

Every module once; each imports only modules that stand above it (tests/test_map.py compares):

    ── nouns
    model               Feed Item Topic Match Evidence Story Channel Subscription Delivery Post Message …
    errors              the tree of errors
    log                 events with fields, secrets struck out
    ── topics: is it about the convention, and what about it (all pure)
    topics.text         normalised words with their places in the original; sentences; links
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
    delivery.compose    deliveries → messages that fit a platform's limits
    ── store: what is known and what is due
    store               the Store protocol, in our nouns
    store.statements    SQL as named constants
    store.rows          rows → nouns and back
    store.sqlite        one SQLite file, one writer thread
    ── chat: the platforms
    chat                the Chat protocol
    chat.terminal       no account needed: the screen is the channel
    ── work: the deeds; these know protocols only
    work.clock          what time it is, and waiting for another
    work.watch          one feed, once: fetch, parse, find what is new, classify, tell, route, keep
    work.post           one channel, once: compose, render, send, settle; look again after a crash
    work.worker         claims what is due and does it, under one TaskGroup
    ── doors
    web                 /healthz and /metrics
    app                 the one place that names concrete back ends and joins them
    demo                recorded feeds and the small server that serves them
    show                records as lines on a screen or in a pipe
    cli                 the commands
    __main__            python -m bot
"""
