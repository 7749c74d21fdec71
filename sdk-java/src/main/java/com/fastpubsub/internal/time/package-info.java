/** Time, and the one thread on which a client decides. Tests bring their own. */
@NullMarked
package com.fastpubsub.internal.time;

import org.jspecify.annotations.NullMarked;
