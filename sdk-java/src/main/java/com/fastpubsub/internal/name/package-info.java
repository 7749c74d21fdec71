/** The grammar of tenants, channels and patterns. */
@NullMarked
package com.fastpubsub.internal.name;

import org.jspecify.annotations.NullMarked;
