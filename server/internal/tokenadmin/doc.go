// Package tokenadmin is the administration of access tokens: the one implementation
// of the contract's TokenService, free of any wire, and the sweep that forgets
// tokens some time after their end.
//
// Transports check the master token with Service.Authorize and then call the
// method; everything in a request is checked here, and every error is an
// *apierror.Error.
package tokenadmin
