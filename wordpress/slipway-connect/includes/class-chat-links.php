<?php
/**
 * The way from WordPress into the chat, for people who are connected to it.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * A menu item and a link in the toolbar.
 */
final class Chat_Links {

	const SLUG = 'slipway-chat';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'admin_menu', array( __CLASS__, 'menu' ) );
		add_action( 'admin_bar_menu', array( __CLASS__, 'toolbar' ), 80 );
	}

	/**
	 * Adds the menu item.
	 */
	public static function menu() {
		if ( ! Connection::is_on( get_current_user_id() ) ) {
			return;
		}
		$hook = add_menu_page( __( 'Chat', 'slipway-connect' ), __( 'Chat', 'slipway-connect' ), Settings_Page::CAPABILITY, self::SLUG, '__return_null', 'dashicons-format-chat', 3 );
		add_action( 'load-' . $hook, array( __CLASS__, 'open' ) );
	}

	/**
	 * Leaves for the chat, before anything is printed.
	 */
	public static function open() {
		$url = Connection::chat_url( Connection::of( get_current_user_id() )['chat_url'] ?? '' );
		if ( '' === $url ) {
			wp_safe_redirect( Settings_Page::url() );
			exit;
		}
		Redirect::outside( $url );
	}

	/**
	 * Adds the link to the toolbar.
	 *
	 * @param \WP_Admin_Bar $bar Toolbar.
	 */
	public static function toolbar( $bar ) {
		$user = get_current_user_id();
		if ( ! current_user_can( Settings_Page::CAPABILITY ) || ! Connection::is_on( $user ) ) {
			return;
		}
		$bar->add_node(
			array(
				'id'    => self::SLUG,
				'title' => esc_html__( 'Chat', 'slipway-connect' ),
				'href'  => Connection::of( $user )['chat_url'],
				'meta'  => array(
					'target' => '_blank',
					'rel'    => 'noopener',
				),
			)
		);
	}
}
