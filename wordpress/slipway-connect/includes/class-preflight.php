<?php
/**
 * Finds out before the person presses Connect what would make it fail afterwards.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The checks.
 */
final class Preflight {

	const CACHE = 'slipway_preflight';

	/** Seconds by which two clocks may differ before it is worth a word; codes live for 60. */
	const SKEW = 30;

	/**
	 * All checks, each {name, state: ok|warn|bad, text, fix}. Asked at most twice a minute.
	 *
	 * @param bool $again Whether to ask now in any case.
	 * @return array
	 */
	public static function checks( $again = false ) {
		$known = $again ? false : get_transient( self::CACHE );
		if ( is_array( $known ) ) {
			return $known;
		}
		$checks = array_merge( self::portal(), self::own_rest(), array( self::passwords() ) );
		if ( self::clear( $checks ) && 'ok' === array_column( $checks, 'state', 'name' )['rest'] ) {
			$checks[] = self::own_sign_in( wp_get_current_user() );
		}
		// What is in the way is about to be mended by somebody who then looks again.
		set_transient( self::CACHE, $checks, self::clear( $checks ) ? 30 : 3 );
		return $checks;
	}

	/**
	 * Whether connecting can work.
	 *
	 * @param array $checks Checks.
	 * @return bool
	 */
	public static function clear( $checks ) {
		return ! in_array( 'bad', array_column( $checks, 'state' ), true );
	}

	/**
	 * Whether the portal answers, knows this site, and has the same time.
	 *
	 * @return array
	 */
	public static function portal() {
		$answer = Portal_Client::get( '/connect/v1/status' );
		$here   = time();
		$label  = __( 'The portal answers and knows this site', 'slipway-connect' );
		if ( ! $answer->ok() ) {
			return array( self::check( 'portal', $label, 'bad', $answer->message() . ' ' . $answer->next() ) );
		}
		$slug = $answer->body['tenant']['slug'] ?? '';
		if ( Config::get( 'SLIPWAY_TENANT' ) !== $slug ) {
			return array( self::check( 'portal', $label, 'bad', __( 'The portal takes this site for another one. Tell the people who run Slipway; the site’s secret and its name do not belong together.', 'slipway-connect' ) ) );
		}
		$checks = array( self::check( 'portal', $label, 'ok' ) );
		$clock  = __( 'Clocks agree', 'slipway-connect' );
		$apart  = $here - (int) ( $answer->body['time'] ?? 0 );
		if ( abs( $apart ) <= self::SKEW ) {
			$checks[] = self::check( 'clock', $clock, 'ok' );
		} else {
			/* translators: %s: a duration such as "3 mins" */
			$text     = $apart > 0 ? __( 'This server’s clock is %s ahead of the portal’s. Codes live for one minute, so connecting may fail. Set the clock by network time.', 'slipway-connect' ) : __( 'This server’s clock is %s behind the portal’s. Codes live for one minute, so connecting may fail. Set the clock by network time.', 'slipway-connect' );
			$checks[] = self::check( 'clock', $clock, 'warn', sprintf( $text, human_time_diff( 0, abs( $apart ) ) ) );
		}
		return $checks;
	}

	/**
	 * Calls this site as the portal would. The site's secret goes to the registered address only, whatever the database says.
	 *
	 * @return array
	 */
	public static function own_rest() {
		$rest   = __( 'The REST API can be reached', 'slipway-connect' );
		$header = __( 'Sign-in headers arrive', 'slipway-connect' );
		if ( Config::moved() ) {
			return array( self::check( 'rest', $rest, 'bad', __( 'This site’s address is not the one that Slipway knows.', 'slipway-connect' ) ) );
		}
		list( $status, $body ) = self::call( 'slipway/v1/status', 'Bearer ' . Config::get( 'SLIPWAY_SITE_SECRET' ) );
		if ( 200 === $status && isset( $body['tenant_id'] ) ) {
			return array( self::check( 'rest', $rest, 'ok' ), self::check( 'header', $header, 'ok' ) );
		}
		if ( 401 === $status && 'slipway_unauthorized' === ( $body['code'] ?? '' ) ) {
			return array(
				self::check( 'rest', $rest, 'ok' ),
				self::check( 'header', $header, 'bad', __( 'The web server drops the Authorization header. Add the line that fits your server, then check again.', 'slipway-connect' ), self::header_lines() ),
			);
		}
		if ( 0 === $status ) {
			// In a cluster the public address often leads nowhere from the inside, while the portal has its own way in.
			return array( self::check( 'rest', $rest, 'warn', __( 'The site could not call its own address, so this was not checked. You can connect; the portal finds out by itself. If that fails, give the site at least two PHP workers.', 'slipway-connect' ) ) );
		}
		return array( self::check( 'rest', $rest, 'bad', self::blocked( $status, $body ) ) );
	}

	/**
	 * Signs in as the chat would: with a credential of this person, made for this and removed again.
	 *
	 * @param \WP_User $user Person.
	 * @return array
	 */
	public static function own_sign_in( $user ) {
		$label = __( 'The chat’s way of signing in works', 'slipway-connect' );
		$seen  = Passwords::tried(
			$user->ID,
			static function ( $made ) use ( $user ) {
				// The encoding of Basic authentication (RFC 7617).
				$basic = base64_encode( $user->user_login . ':' . $made['password'] ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- See above.

				list( $status, $body ) = self::call( 'wp/v2/users/me/application-passwords/introspect', 'Basic ' . $basic );
				return 200 === $status && ( $body['uuid'] ?? '' ) === $made['uuid'] ? '' : self::blocked( $status, $body );
			}
		);
		if ( '' === $seen ) {
			return self::check( 'sign_in', $label, 'ok' );
		}
		return self::check( 'sign_in', $label, 'bad', $seen ?? __( 'WordPress could not make a credential for you.', 'slipway-connect' ) );
	}

	/**
	 * Asks one of this site's routes as the portal does: by the registered address, in the form that works with all
	 * permalinks. A credential goes to no other address, whatever the database says.
	 *
	 * @param string $route         Route.
	 * @param string $authorization The header.
	 * @return array {status, 0 for no answer; body, null when it is no JSON}
	 */
	private static function call( $route, $authorization ) {
		$response = wp_remote_get(
			Config::registered_url() . '/?rest_route=/' . $route,
			array(
				'timeout'             => Portal_Client::GLANCE,
				'redirection'         => 0,
				'limit_response_size' => 65536,
				'headers'             => array( 'Authorization' => $authorization ),
			)
		);
		$body     = json_decode( wp_remote_retrieve_body( $response ), true );
		return array( (int) wp_remote_retrieve_response_code( $response ), is_array( $body ) ? $body : null );
	}

	/**
	 * Who answered in WordPress's place, and what to do about it. Not escaped.
	 *
	 * @param int        $status Status.
	 * @param array|null $body   Body.
	 * @return string
	 */
	private static function blocked( $status, $body ) {
		$said = is_string( $body['message'] ?? null ) ? mb_substr( wp_strip_all_tags( $body['message'] ), 0, 200 ) : '';
		if ( '' !== $said ) {
			/* translators: 1: HTTP status code, 2: sentence of another plugin */
			return sprintf( __( 'The REST API refused (%1$d): “%2$s” A plugin closes it. In its settings allow application passwords and the routes slipway/v1, or switch it off, then check again.', 'slipway-connect' ), $status, $said );
		}
		if ( 401 === $status || 403 === $status ) {
			/* translators: %d: HTTP status code */
			return sprintf( __( 'Something asks for a password or forbids the request before WordPress answers (%d): a plugin, or the web server. Let requests with rest_route in their address through, then check again.', 'slipway-connect' ), $status );
		}
		if ( $status >= 300 && $status < 400 ) {
			/* translators: %d: HTTP status code */
			return sprintf( __( 'Something leads the portal’s requests to another page (%d). Look at the redirects of the web server and of plugins, then check again.', 'slipway-connect' ), $status );
		}
		/* translators: %d: HTTP status code */
		return sprintf( __( 'The REST API answered %d. A security plugin or the web server may be blocking it. Let requests with rest_route in their address through, then check again.', 'slipway-connect' ), $status );
	}

	/**
	 * Whether WordPress hands out application passwords.
	 *
	 * @return array
	 */
	public static function passwords() {
		$label = __( 'Application passwords are available', 'slipway-connect' );
		if ( wp_is_application_passwords_available() && wp_is_application_passwords_available_for_user( wp_get_current_user() ) ) {
			return self::check( 'passwords', $label, 'ok' );
		}
		return self::check( 'passwords', $label, 'bad', __( 'A plugin has switched them off, or the site is not reached over HTTPS. Allow them, then check again.', 'slipway-connect' ) );
	}

	/**
	 * The configuration lines that let the header through.
	 *
	 * @return string
	 */
	private static function header_lines() {
		return implode(
			"\n",
			array(
				'# Apache, .htaccess or virtual host',
				'SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1',
				'# Apache with PHP-FPM, virtual host',
				'CGIPassAuth On',
				'# nginx, in the PHP location',
				'fastcgi_param HTTP_AUTHORIZATION $http_authorization;',
				'# nginx in front of another server',
				'proxy_set_header Authorization $http_authorization;',
			)
		);
	}

	/**
	 * Builds one.
	 *
	 * @param string $name  Name.
	 * @param string $label What is checked.
	 * @param string $state ok, warn or bad.
	 * @param string $text  What to do about it. Not escaped.
	 * @param string $fix   Lines to copy.
	 * @return array
	 */
	private static function check( $name, $label, $state, $text = '', $fix = '' ) {
		return compact( 'name', 'label', 'state', 'text', 'fix' );
	}
}
