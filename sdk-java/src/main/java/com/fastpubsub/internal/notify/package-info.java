/** Calls of the application's handlers, in order, without letting them hold up the connection. */
@NullMarked
package com.fastpubsub.internal.notify;

import org.jspecify.annotations.NullMarked;
