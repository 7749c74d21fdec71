// Package admission decides whether a client may come in: is its token right, can
// the token be used now, and is it used from where it may be.
//
// What a transport needs to know of a client's address is here, too: ClientIP.
package admission
