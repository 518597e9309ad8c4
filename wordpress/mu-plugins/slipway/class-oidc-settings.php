<?php
/**
 * Tells the plugin "OpenID Connect Generic Client" everything by constants from the environment, so that nothing of it is in
 * the database, where an administrator or a restored copy could change who comes in.
 *
 * It is the second way in besides the portal's own sign-in, and works while the portal is down.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Constants, pinned settings, and the way to a provider inside the cluster.
 */
final class Oidc_Settings {

	const NEEDED    = array( 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_ISSUER' );
	const ENDPOINTS = array( 'OIDC_ENDPOINT_LOGIN_URL', 'OIDC_ENDPOINT_TOKEN_URL', 'OIDC_ENDPOINT_USERINFO_URL', 'OIDC_ENDPOINT_JWKS_URL' );

	/**
	 * Defines the constants and hooks in. Without enough to go on, the OpenID plugin stays off: see activation.php.
	 */
	public static function watch() {
		$constants = self::constants( array( __CLASS__, 'env' ) );
		foreach ( $constants as $name => $value ) {
			defined( $name ) || define( $name, $value );
		}
		if ( $constants ) {
			add_filter( 'pre_option_openid_connect_generic_settings', array( __CLASS__, 'pinned' ) );
			add_filter( 'openid-connect-generic-login-button-text', array( __CLASS__, 'button' ) );
			add_filter( 'http_request_host_is_external', array( __CLASS__, 'may_ask' ), 10, 3 );
			add_filter( 'http_allowed_safe_ports', array( __CLASS__, 'ports' ), 10, 3 );
		}
	}

	/**
	 * Whether the OpenID plugin has all it needs.
	 *
	 * @return bool
	 */
	public static function complete() {
		foreach ( array_merge( self::NEEDED, self::ENDPOINTS ) as $name ) {
			if ( ! defined( $name ) || '' === (string) constant( $name ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * All constants of the OpenID plugin, or none when something is missing.
	 *
	 * People are found, linked and made by Oidc_People, with the rules of the portal's sign-in; so the plugin itself may do
	 * neither, and signing out here does not sign out at the provider unless an address for it is given.
	 *
	 * @param callable $env Gives a setting by its name, '' when there is none.
	 * @return array
	 */
	public static function constants( $env ) {
		$made = self::of_authentik( $env( 'OIDC_ISSUER' ) );
		foreach ( array_merge( self::NEEDED, self::ENDPOINTS ) as $name ) {
			$given         = $env( $name );
			$made[ $name ] = '' === $given ? $made[ $name ] ?? '' : $given;
			if ( '' === $made[ $name ] ) {
				return array();
			}
		}
		$end = $env( 'OIDC_ENDPOINT_LOGOUT_URL' );
		if ( '' !== $end ) {
			$made['OIDC_ENDPOINT_LOGOUT_URL'] = $end;
		}
		return $made + array(
			'OIDC_CLIENT_SCOPE'             => 'openid profile email',
			// Never 'auto': it would lead away from the portal's sign-in and from the form for emergencies too.
			'OIDC_LOGIN_TYPE'               => 'button',
			'OIDC_CREATE_IF_DOES_NOT_EXIST' => 0,
			'OIDC_LINK_EXISTING_USERS'      => 0,
			'OIDC_REDIRECT_USER_BACK'       => 1,
			'OIDC_REDIRECT_ON_LOGOUT'       => '' === $end ? 0 : 1,
			'OIDC_ENFORCE_PRIVACY'          => 0,
			'OIDC_ENABLE_LOGGING'           => 0,
		);
	}

	/**
	 * What has no constant. An array here keeps the plugin from reading its row in the database.
	 *
	 * @return array
	 */
	public static function pinned() {
		return array(
			'identity_key'           => 'preferred_username',
			'nickname_key'           => 'preferred_username',
			'email_format'           => '{email}',
			'displayname_format'     => '',
			'identify_with_username' => false,
			'no_sslverify'           => 0,
			'http_request_timeout'   => 10,
			'state_time_limit'       => 600,
			'alternate_redirect_uri' => 0,
			'token_refresh_enable'   => 0,
			'allow_internal_idp'     => 1,
		);
	}

	/**
	 * Two buttons stand on the login page; this one says what is different about it.
	 *
	 * @return string
	 */
	public static function button() {
		return 'Sign in with SSO, past the portal';
	}

	/**
	 * Lets WordPress's safe requests reach the provider under an address of the cluster, and nothing else there.
	 *
	 * @param bool   $external Whether WordPress takes the host for one outside.
	 * @param string $host     Host.
	 * @param string $url      Address.
	 * @return bool
	 */
	public static function may_ask( $external, $host, $url ) {
		return $external || self::is_providers( $url );
	}

	/**
	 * Adds the provider's port.
	 *
	 * @param int[]  $ports Ports that WordPress takes for safe.
	 * @param string $host  Host.
	 * @param string $url   Address.
	 * @return int[]
	 */
	public static function ports( $ports, $host, $url ) {
		$port = (int) wp_parse_url( $url, PHP_URL_PORT );
		return $port && self::is_providers( $url ) ? array_merge( $ports, array( $port ) ) : $ports;
	}

	/**
	 * A setting of the environment, or of the file that NAME_FILE points to.
	 *
	 * @param string $name Name.
	 * @return string
	 */
	public static function env( $name ) {
		$value = function_exists( 'slipway_site_env' ) ? slipway_site_env( $name ) : getenv( $name );
		return is_string( $value ) ? trim( $value ) : '';
	}

	/**
	 * Whether an address is at one of the provider's own origins.
	 *
	 * @param string $url Address.
	 * @return bool
	 */
	private static function is_providers( $url ) {
		foreach ( array( 'OIDC_ENDPOINT_TOKEN_URL', 'OIDC_ENDPOINT_USERINFO_URL', 'OIDC_ENDPOINT_JWKS_URL' ) as $name ) {
			if ( defined( $name ) && self::origin( constant( $name ) ) === self::origin( $url ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Scheme, host and port.
	 *
	 * @param string $url Address.
	 * @return string
	 */
	private static function origin( $url ) {
		$part = wp_parse_url( $url );
		return is_array( $part ) ? strtolower( ( $part['scheme'] ?? '' ) . '://' . ( $part['host'] ?? '' ) ) . ':' . ( $part['port'] ?? '' ) : '';
	}

	/**
	 * The endpoints of an Authentik issuer, which are the same for all its applications but for the keys.
	 *
	 * @param string $issuer Issuer.
	 * @return array
	 */
	private static function of_authentik( $issuer ) {
		if ( 1 !== preg_match( '~^(https?://[^?#]+/application/o/)[A-Za-z0-9_-]+/\z~', $issuer, $found ) ) {
			return array();
		}
		return array(
			'OIDC_ENDPOINT_LOGIN_URL'    => $found[1] . 'authorize/',
			'OIDC_ENDPOINT_TOKEN_URL'    => $found[1] . 'token/',
			'OIDC_ENDPOINT_USERINFO_URL' => $found[1] . 'userinfo/',
			'OIDC_ENDPOINT_JWKS_URL'     => $issuer . 'jwks/',
		);
	}
}
