/** The life of a client, free of any transport. */
@NullMarked
package com.fastpubsub.internal.supervisor;

import org.jspecify.annotations.NullMarked;
