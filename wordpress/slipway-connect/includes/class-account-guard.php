<?php
/**
 * What nobody may do to an account of somebody else, administrators included.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * An administrator leaves one day. Until then they could take the way in for emergencies for themselves, or keep a password
 * for programs of another person: both would open the site afterwards, and nobody would know.
 */
final class Account_Guard {

	/** What is shut at the way in for emergencies to everybody but itself. Its password is set by a shell. */
	const EMERGENCY = array( 'edit_user', 'delete_user', 'remove_user', 'promote_user' );

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'map_meta_cap', array( __CLASS__, 'required' ), PHP_INT_MAX, 4 );
	}

	/**
	 * Adds what nobody has.
	 *
	 * @param string[] $needs Capabilities that an act needs.
	 * @param string   $act   The act.
	 * @param int      $by    Who wants to.
	 * @param array    $with  To whom, first.
	 * @return string[]
	 */
	public static function required( $needs, $act, $by, $with ) {
		$whom = (int) ( $with[0] ?? 0 );
		if ( 0 === $whom || (int) $by === $whom ) {
			return $needs;
		}
		if ( 'create_app_password' === $act || ( in_array( $act, self::EMERGENCY, true ) && Person::is_emergency( get_userdata( $whom ) ) ) ) {
			$needs[] = 'do_not_allow';
		}
		return $needs;
	}
}
