/** The threads of a client, and their end. */
@NullMarked
package com.fastpubsub.internal.threads;

import org.jspecify.annotations.NullMarked;
