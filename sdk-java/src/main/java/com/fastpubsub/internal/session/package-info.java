/** The life of one connection, free of any transport. */
@NullMarked
package com.fastpubsub.internal.session;

import org.jspecify.annotations.NullMarked;
