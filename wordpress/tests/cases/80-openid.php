<?php

function wp_port() {
	return parse_url( World::$portal_url, PHP_URL_PORT );
}
/** What the provider says of a person. */
function claim( $more = array() ) {
	return $more + array( 'sub' => 'u-1', 'email' => 'pat@example.org', 'email_verified' => true, 'name' => 'Pat', 'preferred_username' => 'pat', 'groups' => array( 'tenant-acme' ) );
}
/** A person comes in through the OpenID plugin: its question to us, and where it would lead somebody who is turned away. */
function openid( $claim, $env = array(), $version = '3.11.3' ) {
	return World::inside(
		'class OpenID_Connect_Generic { const VERSION = "' . $version . '"; }
		$may = apply_filters( "openid-connect-generic-user-login-test", true, json_decode( ' . var_export( json_encode( $claim ), true ) . ', true ) );
		parse_str( (string) wp_parse_url( apply_filters( "wp_redirect", "https://site.example/wp-login.php?login-error=unauthorized&message=Unauthorized+access.", 302 ), PHP_URL_QUERY ), $query );
		return array( $may, $query["slipway_error"] ?? "" );',
		$env
	);
}
function people( $email ) {
	return World::inside( '$u = get_user_by( "email", ' . var_export( $email, true ) . ' ); return $u ? array( $u->roles, get_user_meta( $u->ID, "openid-connect-generic-subject-identity", true ), get_user_meta( $u->ID, "slipway_subject", true ) ) : null;' );
}
function constants( $env ) {
	return World::inside( '$env = json_decode( ' . var_export( json_encode( $env ), true ) . ', true ); return (object) Slipway_Guard\Oidc_Settings::constants( fn( $name ) => $env[ $name ] ?? "" );' );
}
const CLIENT = array( 'OIDC_CLIENT_ID' => 'wp-acme', 'OIDC_CLIENT_SECRET' => 's', 'OIDC_ISSUER' => 'https://sso.example.org/application/o/wp-acme/' );

test( 'openid roles: groups give a role at this tenant, by the letter', function () {
	$cases = array(
		'administrator' => array( array( 'tenant-acme-admins' ), array( 'tenant-acme', 'x', 'tenant-acme-admins' ) ),
		'author'        => array( array( 'tenant-acme' ), array( 'tenant-other-admins', 'tenant-acme' ) ),
		''              => array( array(), null, 'tenant-acme', array( 'tenant-acme2' ), array( 'TENANT-ACME' ), array( 'tenant-acme-admin' ), array( 'tenant-acme ' ), array( 'slipway-operators' ), array( array( 'tenant-acme' ) ), array( 0, true ) ),
	);
	foreach ( $cases as $role => $lists ) {
		foreach ( $lists as $groups ) {
			same( $role, World::inside( 'return Slipway_Guard\Oidc_People::role( json_decode( ' . var_export( json_encode( $groups ), true ) . ', true ), "acme" );' ), json_encode( $groups ) );
		}
	}
	same( array( '', '' ), World::inside( 'return array( Slipway_Guard\Oidc_People::role( array( "tenant-" ), "" ), Slipway_Guard\Oidc_People::role( array( "tenant--admins" ), "" ) );' ), 'a site without a tenant' );
} );
test( 'openid people: whom the portal sent once comes in as the same, and role and address follow each time', function () {
	same( array( false, 'first' ), openid( claim() ) );
	same( null, people( 'pat@example.org' ), 'somebody was made whom the portal does not know' );
	fresh();
	sso( array( 'subject' => 'u-1', 'email' => 'pat@example.org' ) );
	same( array( true, '' ), openid( claim() ) );
	same( array( array( 'author' ), 'u-1', 'u-1' ), people( 'pat@example.org' ) );
	same( array( true, '' ), openid( claim( array( 'groups' => array( 'tenant-acme-admins' ), 'email' => 'new@example.org', 'email_verified' => 'true' ) ) ) );
	same( array( array( 'administrator' ), 'u-1', 'u-1' ), people( 'new@example.org' ) );
	same( null, people( 'pat@example.org' ), 'the address did not follow' );
	World::inside( 'update_user_meta( get_user_by( "login", "carl" )->ID, "openid-connect-generic-subject-identity", "u-1" ); return 1;' );
	same( array( true, '' ), openid( claim() ) );
	same( array( 'author' ), people( 'pat@example.org' )[0] );
	same( '', people( 'carl@example.org' )[1], 'the plugin would take another account' );
} );
test( 'openid people: who is turned away is told why, and nothing is made', function () {
	foreach (
		array(
			array( 'not_a_member', claim( array( 'sub' => 'u-2', 'email' => 'zoe@example.org', 'groups' => array() ) ) ),
			array( 'not_a_member', array_diff_key( claim( array( 'sub' => 'u-2', 'email' => 'zoe@example.org' ) ), array( 'groups' => 0 ) ) ),
			array( 'first', claim( array( 'sub' => 'u-2', 'email' => 'zoe@example.org' ) ) ),
			array( 'first', claim( array( 'sub' => 'u-2', 'email' => 'carl@example.org' ) ) ),
			array( 'first', claim( array( 'sub' => 'u-2' ) ) ),
			array( 'first', claim( array( 'sub' => 'U-1' ) ) ),
			array( 'first', claim( array( 'sub' => 'u-2', 'email' => 'keeper@example.org', 'groups' => array( 'tenant-acme-admins' ) ) ) ),
			array( 'denied', claim( array( 'sub' => '' ) ) ),
			array( 'denied', claim( array( 'sub' => str_repeat( 'u', 256 ) ) ) ),
			array( 'denied', 'no claim at all' ),
		) as list( $reason, $claim )
	) {
		same( array( false, $reason ), openid( $claim ), json_encode( $claim ) );
	}
	same( array( true, '' ), openid( claim( array( 'email' => 'zoe@example.org', 'email_verified' => 'yes' ) ) ) );
	same( null, people( 'zoe@example.org' ), 'an address that nobody verified' );
	same( array( false, 'denied' ), openid( claim(), array(), '3.10.3' ), 'a plugin that verifies no signature' );
	same( array( false, 'moved' ), openid( claim(), array( 'SLIPWAY_SITE_URL' => 'https://elsewhere.example' ) ), 'a copy of the site' );
	same( array( array( 'contributor' ), array( 'administrator' ) ), array( people( 'carl@example.org' )[0], people( 'keeper@example.org' )[0] ) );
	says( 'You do not belong to this site.', ( new Browser() )->go( '/wp-login.php?slipway_error=not_a_member' )->text() );
	says( 'You have not been here yet.', ( new Browser() )->go( '/wp-login.php?slipway_error=first' )->text() );
} );
test( 'openid people: nobody but the person who was found gets the cookie', function () {
	$ends = static fn( $who ) => World::inside(
		'class OpenID_Connect_Generic { const VERSION = "3.11.3"; }
		add_filter( "wp_die_handler", fn() => fn( $m, $t, $a ) => throw new Exception( "ended " . $a["response"] ) );
		apply_filters( "openid-connect-generic-user-login-test", true, json_decode( ' . var_export( json_encode( claim() ), true ) . ', true ) );
		try { do_action( "openid-connect-generic-update-user-using-current-claim", get_user_by( "email", "' . $who . '" ), array() ); return "in"; } catch ( Exception $e ) { return $e->getMessage(); }'
	);
	same( array( 'in', 'ended 403' ), array( $ends( 'pat@example.org' ), $ends( 'adam@example.org' ) ) );
	same( false, World::inside( 'return apply_filters( "openid-connect-generic-user-creation-test", true, array() );' ), 'the plugin makes people by itself' );
} );
test( 'openid settings: an Authentik issuer gives all constants, any other needs its addresses', function () {
	$made = constants( CLIENT );
	same(
		array( 'https://sso.example.org/application/o/authorize/', 'https://sso.example.org/application/o/token/', 'https://sso.example.org/application/o/userinfo/', 'https://sso.example.org/application/o/wp-acme/jwks/', CLIENT['OIDC_ISSUER'], 'openid profile email', 'button', 0, 0, 0 ),
		array( $made['OIDC_ENDPOINT_LOGIN_URL'], $made['OIDC_ENDPOINT_TOKEN_URL'], $made['OIDC_ENDPOINT_USERINFO_URL'], $made['OIDC_ENDPOINT_JWKS_URL'], $made['OIDC_ISSUER'], $made['OIDC_CLIENT_SCOPE'], $made['OIDC_LOGIN_TYPE'], $made['OIDC_CREATE_IF_DOES_NOT_EXIST'], $made['OIDC_LINK_EXISTING_USERS'], $made['OIDC_REDIRECT_ON_LOGOUT'] )
	);
	holds( ! isset( $made['OIDC_ENDPOINT_LOGOUT_URL'] ), 'signing out here signs out everywhere' );
	$inside = constants( CLIENT + array( 'OIDC_ENDPOINT_TOKEN_URL' => 'http://authentik-server.admin-apps/application/o/token/', 'OIDC_ENDPOINT_LOGOUT_URL' => 'https://sso.example.org/end/', 'OIDC_LOGIN_TYPE' => 'auto' ) );
	same( array( 'http://authentik-server.admin-apps/application/o/token/', 1, 'button' ), array( $inside['OIDC_ENDPOINT_TOKEN_URL'], $inside['OIDC_REDIRECT_ON_LOGOUT'], $inside['OIDC_LOGIN_TYPE'] ) );
	foreach ( array( array( 'OIDC_ISSUER' => 'https://sso.example.org/realms/acme' ), array( 'OIDC_ISSUER' => '' ), array( 'OIDC_CLIENT_SECRET' => '' ), array( 'OIDC_ISSUER' => 'https://sso.example.org/application/o/wp-acme' ) ) as $less ) {
		same( array(), constants( $less + CLIENT ), json_encode( $less ) );
	}
	$any = array( 'OIDC_ISSUER' => 'https://sso.example.org/realms/acme', 'OIDC_ENDPOINT_LOGIN_URL' => 'https://a', 'OIDC_ENDPOINT_TOKEN_URL' => 'https://b', 'OIDC_ENDPOINT_USERINFO_URL' => 'https://c', 'OIDC_ENDPOINT_JWKS_URL' => 'https://d' );
	same( 'https://d', constants( $any + CLIENT )['OIDC_ENDPOINT_JWKS_URL'] );
} );
test( 'openid settings: the plugin is on when it has all it needs, and its row in the database counts for nothing', function () {
	$folder = World::$dir . '/site/wp-content/plugins/daggerhart-openid-connect-generic';
	mkdir( "$folder/vendor", 0700, true );
	file_put_contents( "$folder/openid-connect-generic.php", '<?php /* Plugin Name: OpenID Connect Generic */' );
	file_put_contents( "$folder/vendor/autoload.php", '<?php' );
	$on = static fn( $env ) => World::inside( 'update_option( "openid_connect_generic_settings", array( "create_if_does_not_exist" => 1 ) ); return array( is_plugin_active( "daggerhart-openid-connect-generic/openid-connect-generic.php" ), get_option( "openid_connect_generic_settings" )["create_if_does_not_exist"] ?? null, defined( "OIDC_CLIENT_SECRET" ) );', $env );
	same( array( false, 1, false ), $on( array() ), 'without settings' );
	same( array( true, null, true ), $on( CLIENT ) );
	World::inside( 'delete_option( "openid_connect_generic_settings" ); return 1;' );
	exec( 'rm -rf ' . escapeshellarg( $folder ) );
	same( array( false, false ), array_values( World::inside( 'return array( is_plugin_active( "daggerhart-openid-connect-generic/openid-connect-generic.php" ), is_plugin_active( "wordpress-mcp/wordpress-mcp.php" ) );' ) ), 'a missing plugin is listed' );
} );
test( 'openid settings: Site Health says whether there is a way in past the portal', function () {
	$folder = World::$dir . '/site/wp-content/plugins/daggerhart-openid-connect-generic';
	$told   = static fn( $env ) => World::inside( '$told = Slipway_Connect\Site_Health::way_in(); return array( $told["status"], $told["label"], wp_strip_all_tags( $told["description"] ) );', $env );
	// A client of a provider with the driver rfc7591: no address but the issuer's.
	$other = array( 'OIDC_ISSUER' => 'https://sso.example.org' ) + CLIENT;
	list( $status, $label, $text ) = $told( $other );
	same( array( 'good', 'People sign in by the portal only' ), array( $status, $label ) );
	says( 'does not speak PKCE', $text );
	says( 'While the portal is down only the account for emergencies', $text );
	says( 'is not among this site’s files', $told( CLIENT )[2] );
	mkdir( "$folder/vendor", 0700, true );
	file_put_contents( "$folder/openid-connect-generic.php", '<?php /* Plugin Name: OpenID Connect Generic */' );
	file_put_contents( "$folder/vendor/autoload.php", '<?php' );
	says( 'while the portal is down, too', $told( CLIENT )[1] );
	says( 'by the portal only', $told( $other )[1] );
	exec( 'rm -rf ' . escapeshellarg( $folder ) );
	says( 'Slipway: ways in', json_encode( World::inside( 'return apply_filters( "site_status_tests", array( "direct" => array(), "async" => array() ) );' ) ) );
} );
test( 'openid settings: safe requests reach the provider inside the cluster, and nothing else there', function () {
	$ask = static fn( $url, $env ) => World::inside( '$r = wp_safe_remote_get( ' . var_export( $url, true ) . ', array( "timeout" => 3 ) ); return is_wp_error( $r ) ? $r->get_error_message() : $r["response"]["code"];', $env );
	$env = array( 'OIDC_ENDPOINT_TOKEN_URL' => World::$portal_url . '/application/o/token/' ) + CLIENT;
	holds( is_int( $ask( World::$portal_url . '/application/o/token/', $env ) ), 'the provider is out of reach' );
	$no = 'A valid URL was not provided.';
	same( $no, $ask( World::$portal_url . '/application/o/token/', CLIENT ), 'without being named' );
	same( $no, $ask( 'http://127.0.0.2:8080/', $env ), 'another port of the same host' );
	same( $no, $ask( 'http://127.0.0.3:' . wp_port() . '/', $env ), 'another host' );
} );
test( 'openid session: keys of a provider that changed them are asked for again, and withdrawn ones do not stay', function () {
	$env  = array( 'OIDC_ENDPOINT_TOKEN_URL' => 'https://sso.example.org/token' ) + CLIENT;
	$seen = World::inside(
		'$name = "openid_connect_jwks_" . md5( OIDC_ENDPOINT_JWKS_URL );
		$answer = fn( $kid, $url ) => apply_filters( "http_response", array( "body" => json_encode( array( "id_token" => rtrim( strtr( base64_encode( json_encode( array( "alg" => "RS256", "kid" => $kid ) ) ), "+/", "-_" ), "=" ) . ".e30.x" ) ) ), array(), $url );
		$kept = array( "keys" => array( array( "kid" => "old" ) ) );
		$after = function ( $kid, $url ) use ( $name, $answer, $kept ) { set_transient( $name, $kept, 3600 ); $answer( $kid, $url ); return get_transient( $name ) === $kept; };
		set_transient( $name, $kept, 3600 );
		return array( get_option( "_transient_timeout_$name" ) - time() <= 300, $after( "old", OIDC_ENDPOINT_TOKEN_URL ), $after( "new", "https://sso.example.org/other" ), $after( "new", OIDC_ENDPOINT_TOKEN_URL ), $after( null, OIDC_ENDPOINT_TOKEN_URL ) );',
		$env
	);
	same( array( true, true, true, false, true ), $seen );
} );
test( 'openid session: a sign-out ends at an address that the provider knows, in every language', function () {
	$ends = static fn( $env, $more = '' ) => World::inside( $more . 'return apply_filters( "logout_redirect", site_url( "wp-login.php?loggedout=true&wp_lang=de_DE" ), "", wp_get_current_user() );', $env );
	same( World::$site_url . '/wp-login.php?loggedout=true', $ends( CLIENT ) );
	same( World::$site_url . '/', $ends( CLIENT, 'add_filter( "login_url", fn() => home_url( "/side-door/" ) );' ), 'behind a hidden login page' );
	says( 'wp_lang=de_DE', $ends( array() ) );
} );
test( 'openid settings: pages that would show or promise settings are closed', function () {
	foreach ( array( 'wordpress-mcp-settings', 'openid-connect-generic-settings' ) as $page ) {
		same( 403, person( 'adam' )->go( "/wp-admin/options-general.php?page=$page" )->status );
	}
	same( 200, person( 'adam' )->go( '/wp-admin/options-general.php' )->status );
} );
