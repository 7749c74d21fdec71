/** What the application wants to receive, and what each connection has been told of it. */
@NullMarked
package com.fastpubsub.internal.registry;

import org.jspecify.annotations.NullMarked;
