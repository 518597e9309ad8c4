<?php
/**
 * Who comes in through the OpenID plugin, and as what: the groups decide, at each sign-in.
 *
 * The plugin of itself would link any account by an address that nobody confirmed, and keep a role for ever. So this class
 * answers its question "may this person sign in?" by finding the person with the same code that the portal's sign-in uses,
 * by the subject alone, and leaves the plugin to set the cookie.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * From groups to a role, from a claim to a person.
 */
final class Oidc_People {

	/** Where the OpenID plugin keeps the subject that a user belongs to. */
	const META = 'openid-connect-generic-subject-identity';

	/** Since this version the OpenID plugin verifies the signature of what it is told. */
	const SINCE = '3.11';

	/**
	 * Why the last person was turned away; '' when nobody was.
	 *
	 * @var string
	 */
	private static $reason = '';

	/**
	 * The user whom this request may sign in.
	 *
	 * @var int
	 */
	private static $user = 0;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'openid-connect-generic-user-login-test', array( __CLASS__, 'test' ), PHP_INT_MAX, 2 );
		add_filter( 'openid-connect-generic-user-creation-test', '__return_false', PHP_INT_MAX );
		add_action( 'openid-connect-generic-update-user-using-current-claim', array( __CLASS__, 'same' ), 1 );
		add_filter( 'wp_redirect', array( __CLASS__, 'told' ) );
	}

	/**
	 * The role that groups give at this tenant's site; '' when they give none.
	 *
	 * @param mixed  $groups Names of groups.
	 * @param string $tenant Slug.
	 * @return string
	 */
	public static function role( $groups, $tenant ) {
		if ( '' === $tenant || ! is_array( $groups ) ) {
			return '';
		}
		if ( in_array( "tenant-$tenant-admins", $groups, true ) ) {
			return 'administrator';
		}
		return in_array( "tenant-$tenant", $groups, true ) ? 'author' : '';
	}

	/**
	 * Whether a person may sign in. If so, their user has the role of today afterwards.
	 *
	 * @param bool  $may   What others said.
	 * @param mixed $claim What the provider says of the person.
	 * @return bool
	 */
	public static function test( $may, $claim ) {
		$who          = $may && is_array( $claim ) ? self::find( $claim ) : 'denied';
		self::$user   = $who instanceof \WP_User ? $who->ID : 0;
		self::$reason = is_string( $who ) ? $who : '';
		return 0 !== self::$user;
	}

	/**
	 * Ends the request when the plugin is about to sign in somebody else: the database takes subjects that differ only in
	 * case for the same.
	 *
	 * @param mixed $user User whom the plugin found.
	 */
	public static function same( $user ) {
		if ( ! $user instanceof \WP_User || 0 === self::$user || self::$user !== $user->ID ) {
			wp_die( 'This sign-in belongs to another account. Nobody was signed in.', '', array( 'response' => 403 ) );
		}
	}

	/**
	 * Leads a person who was turned away to the login page with a reason in plain words.
	 *
	 * @param string $location Where the OpenID plugin leads them.
	 * @return string
	 */
	public static function told( $location ) {
		if ( '' === self::$reason || ! is_string( $location ) || ! str_contains( $location, 'login-error=' ) ) {
			return $location;
		}
		return add_query_arg( 'slipway_error', self::$reason, wp_login_url() );
	}

	/**
	 * The user for a claim, or the reason why there is none.
	 *
	 * @param array $claim What the provider says of the person.
	 * @return \WP_User|string
	 */
	private static function find( $claim ) {
		$version = defined( '\OpenID_Connect_Generic::VERSION' ) ? \OpenID_Connect_Generic::VERSION : '0';
		if ( version_compare( $version, self::SINCE, '<' ) || ! class_exists( '\Slipway_Connect\Person' ) ) {
			return 'denied';
		}
		if ( \Slipway_Connect\Config::moved() ) {
			return 'moved';
		}
		$role = self::role( $claim['groups'] ?? null, \Slipway_Connect\Config::get( 'SLIPWAY_TENANT' ) );
		if ( '' === $role ) {
			return 'not_a_member';
		}
		$user = \Slipway_Connect\Person::from(
			array(
				'subject'        => $claim['sub'] ?? '',
				'email'          => $claim['email'] ?? '',
				'email_verified' => $claim['email_verified'] ?? false,
				'name'           => $claim['name'] ?? '',
				'role'           => $role,
			),
			// Only the portal knows who belongs here by their subject; whom it never saw would be put out in a minute.
			false
		);
		if ( is_string( $user ) ) {
			return 'portal' === $user ? 'denied' : $user;
		}
		// The plugin takes the first account that carries it.
		delete_metadata( 'user', 0, self::META, wp_slash( $claim['sub'] ), true );
		update_user_meta( $user->ID, self::META, wp_slash( $claim['sub'] ) );
		return $user;
	}
}
