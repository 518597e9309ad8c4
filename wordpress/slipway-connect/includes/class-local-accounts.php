<?php
/**
 * Accounts that were made in this site and that nobody in the portal knows.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The portal shows them to those who manage people, and ends one when they say so.
 */
final class Local_Accounts {

	/** How many the portal is told of. */
	const MOST = 20;

	/** Who has one of these can make themselves an administrator. */
	const POWERS = array( 'manage_options', 'edit_users', 'promote_users', 'create_users', 'delete_users' );

	/**
	 * Those who may administer or write, administrators first. Who may only read is not worth a line.
	 *
	 * @return array {accounts: {id, login, administrator, role, since, moved}[], more}
	 */
	public static function all() {
		$found    = self::having( self::POWERS, array() );
		$found    = array_merge( $found, self::having( array( 'edit_posts' ), wp_list_pluck( $found, 'ID' ) ) );
		$accounts = array();
		foreach ( array_slice( $found, 0, self::MOST ) as $user ) {
			$accounts[] = array(
				'id'            => $user->ID,
				'login'         => $user->user_login,
				'administrator' => (bool) array_filter( self::POWERS, array( $user, 'has_cap' ) ),
				'role'          => implode( ' ', $user->roles ),
				'since'         => (int) strtotime( $user->user_registered . ' UTC' ),
				'moved'         => '' !== (string) get_user_meta( $user->ID, Address::MOVED, true ),
			);
		}
		return array(
			'accounts' => $accounts,
			'more'     => count( $found ) > self::MOST,
		);
	}

	/**
	 * Ends one: signed out everywhere, no password opens it, it may do nothing. What it wrote stays. One that is not there
	 * is ended.
	 *
	 * @param int    $id    User.
	 * @param string $login Their login: ids are easily mistaken.
	 * @return bool Whether it is ended now; false for an account that is not a local one.
	 */
	public static function end( $id, $login ) {
		$user = get_userdata( $id );
		if ( ! $user ) {
			return true;
		}
		if ( $user->user_login !== $login || Person::is_emergency( $user ) || Person::is( $id ) ) {
			return false;
		}
		Disconnect::now( $id );
		Passwords::remove_all( $id );
		\WP_Session_Tokens::get_instance( $id )->destroy_all();
		wp_set_password( wp_generate_password( 64, true, true ), $id );
		// Last, because all() lists whoever may do something: who was cut off half-way can be ended again.
		$user->remove_all_caps();
		return true;
	}

	/**
	 * Local accounts with one of some capabilities, by login.
	 *
	 * @param string[] $capabilities Capabilities.
	 * @param int[]    $without      Users to leave out.
	 * @return \WP_User[]
	 */
	private static function having( $capabilities, $without ) {
		$emergency = get_user_by( 'login', Config::get( 'SLIPWAY_ADMIN_LOGIN' ) );
		return get_users(
			array(
				'capability__in' => $capabilities,
				'exclude'        => $emergency ? array_merge( $without, array( $emergency->ID ) ) : $without, // phpcs:ignore WordPressVIPMinimum.Performance -- A few.
				'meta_query'     => array( // phpcs:ignore WordPress.DB.SlowDBQuery -- Only the portal asks.
					'relation' => 'OR',
					array(
						'key'     => Person::META,
						'compare' => 'NOT EXISTS',
					),
					array(
						'key'   => Person::META,
						'value' => '',
					),
				),
				'orderby'        => 'login',
				'number'         => self::MOST + 1,
			)
		);
	}
}
