package com.fastpubsub;

/** What a {@link Subscription} yields: a message, or word that some messages were lost. */
public sealed interface Event permits Message, Lagged {}
